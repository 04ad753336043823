"""What a user can do wrong, each told in one whole sentence."""

import signal
import subprocess
from pathlib import Path

from .command_case import RES_ML, ROOT, CommandCase

ROWS = "".join(f"{'ab'[i % 2]},{i % 3},{'TF'[i % 2]}\n" for i in range(20))
GOOD = "kind,size,label\n" + ROWS
RECIPE = ("--set", "prediction=label", "--set", "features=kind, size")

# What is in the file, and what build says of it.
FILES: dict[str, tuple[str | bytes, str]] = {
    "empty.csv": ("", "empty.csv: empty; expected a header line with field names"),
    "header.csv": ("kind,size,label\n", "header.csv: Nothing to train the model: 0 rows read"),
    "binary.csv": (bytes(range(256)), "binary.csv:1: NUL byte; is this a text file?"),
    "latin.csv": (
        GOOD.encode() + b"\xe4,1,T\n",
        'latin.csv:22: column "kind": not UTF-8 text; save the file as UTF-8',
    ),
    "cut.csv": (GOOD[:-3], "cut.csv:21: expected 3 cells, got 2"),
    "ragged.csv": (GOOD + "a,1,T,x\n", "ragged.csv:22: expected 3 cells, got 4"),
    "nul.csv": (GOOD + "a,\0,T\n", "nul.csv:22: NUL byte; is this a text file?"),
    "open.csv": (GOOD + 'a,"1,T\n' + ROWS, "open.csv:22: quote is never closed"),
    "semicolons.csv": (
        GOOD.replace(",", ";"),
        'semicolons.csv: no column "kind", nor "size", nor "label"; the only column is '
        '"kind;size;label", cells are separated by commas',
    ),
    "others.csv": (
        "id,name,label\n1,x,T\n",
        'others.csv: no column "kind", nor "size"; the columns are id, name, label',
    ),
    "near.csv": (
        GOOD.replace("size", "sise").replace("label", "lable"),
        'near.csv: no column "size", nor "label"; did you mean "sise", "lable"?',
    ),
    "single.csv": (
        "kind,size,label\na,1,T\nb,2,T\n",
        'single.csv: label: only one value is left, "T"; there is nothing to tell apart '
        "(2 rows read)",
    ),
    "once.csv": (
        "kind,size,label\na,1,T\nb,2,F\n",
        "once.csv: label: every value occurs once; nothing can be held out to score a model",
    ),
}

SETTINGS = {
    "split=0": '--set split=0: expected a number above 0 and below 1, got "0"',
    "split=1.5": '--set split=1.5: expected a number above 0 and below 1, got "1.5"',
    "split=half": '--set split=half: expected a number above 0 and below 1, got "half"',
    "spilt=0.5": '--set spilt=0.5: unknown key "spilt"; did you mean "split"?',
    "colour=red": '--set colour=red: unknown key "colour"; the keys are prediction, features, '
    "algorithm, method, split, class_weight, imbalance_upsampling, unwanted_values, time_start, "
    "time_end, max_count, time_field, connections, split_by, encoding, missing, refit, seed, "
    "rare_values, types, compatible; Logistic Regression has c, max_iter",
    "method=Stacking": "--set method=Stacking: expected None, Bagging or Adaptive Boosting, "
    'got "Stacking"',
    "types=knid:category": 'types: "knid" is not among the features; did you mean "kind"?',
    "types=kind:colour": 'types: field "kind": expected category, multi-select, boolean, number, '
    'date or text, got "colour"',
    "split": '--set: expected KEY=VALUE, got "split"',
}


class Messages(CommandCase):
    def assert_refused(self, message: str, *args: str) -> None:
        done = self.res_ml(*args)
        self.assertEqual((done.stderr, done.returncode), (message + "\n", 1))

    def test_csv_files(self) -> None:
        build = ("build", "-o", "m.ml", *RECIPE, "-c")
        self.assert_refused("no.csv: cannot be read: No such file or directory", *build, "no.csv")
        self.assert_refused(".: not a regular file", *build, ".")
        for name, (content, message) in FILES.items():
            with self.subTest(name):
                self.write(name, content)
                self.assert_refused(message, *build, name)
        self.assertFalse((self.folder / "m.ml").exists())

    def test_what_every_step_dropped(self) -> None:
        self.write("gone.csv", "kind,size,label\na,1,None\nb,2,\n,1,T\nb,,F\na,1,rare\n")
        build = ("build", "-o", "m.ml", *RECIPE, "-c", "gone.csv", "--set", "missing=drop")
        self.assert_refused(
            "gone.csv: Nothing to train the model: 5 rows read, 1 without label, 1 with the "
            'unwanted value "None", 2 with a missing feature, 1 with a value that occurs once',
            *build, "--set", "rare_values=drop",
        )  # fmt: skip
        self.assert_refused(
            "gone.csv: label: occurs once only: rare; set rare_values = drop to leave such rows "
            "out, or keep",
            *build, "--set", "rare_values=error",
        )  # fmt: skip

    def test_a_class_with_one_row_is_learnt_and_named(self) -> None:
        self.write("one.csv", GOOD + "c,1,rare\n")
        told = self.res_ml("build", "-o", "m.ml", "-c", "one.csv", *RECIPE).stdout
        self.assertIn("Occurs once:    rare (learnt, never in the hold-out)\n", told)
        self.assertNotIn("    rare:", told)
        probabilities = self.res_ml("predict", "-i", "m.ml", "-c", "one.csv", "--probabilities")
        header = probabilities.stdout.split("\n")[0]
        self.assertEqual(header, "prediction,probability,probability_F,probability_T,"
                         "probability_rare,notes")  # fmt: skip

    def test_settings(self) -> None:
        self.write("ok.csv", GOOD)
        for setting, message in SETTINGS.items():
            with self.subTest(setting):
                build = ("build", "-o", "m.ml", "-c", "ok.csv", *RECIPE, "--set", setting)
                self.assert_refused(message, *build)
        self.assert_refused(
            f'{self.folder}/ml.config:4: unknown key "splt"; did you mean "split"?',
            *self.configured("splt = 0.5"),
        )
        self.assert_refused(
            f'{self.folder}/ml.config:4: key "split": expected a number above 0 and below 1, got "50%"',
            *self.configured("split = 50%"),
        )

    def configured(self, line: str) -> tuple[str, ...]:
        self.write(
            "ml.config", f"[machine_learning]\nprediction = label\nfeatures = kind\n{line}\n"
        )
        return ("build", "-o", "m.ml", "-c", "ok.csv")

    def test_an_unknown_algorithm_names_those_that_there_are(self) -> None:
        self.write("ok.csv", GOOD)
        expected = "expected one of " + ", ".join(self.algorithm_names())
        self.assert_refused(
            f'{self.folder}/ml.config:4: key "algorithm": {expected}, got "Decision Trees"; did you mean '
            '"Decision Tree"?',
            *self.configured("algorithm = Decision Trees"),
        )
        self.assert_refused(
            f'--set algorithm=Oracle: {expected}, got "Oracle"',
            *self.configured(""), "--set", "algorithm=Oracle",
        )  # fmt: skip

    def test_a_comparison_that_is_stopped_says_how_far_it_came(self) -> None:
        self.write("ok.csv", GOOD)
        slow = ("-v", "--set", "n_members=10000", "--set", "n_trees=100")
        with subprocess.Popen(
            [RES_ML, "compare", "-c", "ok.csv", *RECIPE, *slow, "--save-best", "m.ml",
             "--pairs", "Decision Tree, Random Forest + Bagging"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stderr is not None
            while not process.stderr.readline().startswith("Decision Tree: accuracy"):
                self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=60)
        last = told.splitlines()[-1]
        self.assertEqual(
            (process.returncode, last),
            (130, "stopped: 1 of 2 pairs were compared; nothing was saved"),
        )
        self.assertFalse((self.folder / "m.ml").exists())

    def test_answers_that_nobody_can_read(self) -> None:
        self.write("ok.csv", GOOD)
        self.res_ml("build", "-o", "m.ml", "-c", "ok.csv", *RECIPE)
        with Path("/dev/full").open("w") as full:
            done = subprocess.run([RES_ML, "predict", "-i", "m.ml", "-c", "ok.csv"], check=False,
                                  cwd=self.folder, stdout=full, stderr=subprocess.PIPE, text=True)  # fmt: skip
        self.assertEqual((done.returncode, done.stderr), (1, "<stdout>: cannot be written\n"))

    def test_paths_that_cannot_be_looked_at(self) -> None:
        self.write("ok.csv", GOOD)
        (self.folder / "loop").symlink_to("loop")
        for path, reason in (("loop", "Too many levels of symbolic links"),
                             ("a" * 300, "File name too long")):  # fmt: skip
            self.assert_refused(f"{path}: cannot be read: {reason}", "view", "-i", path)
            self.assert_refused(f"{path}: cannot be written: {reason}", "config", "-o", path)
            self.assert_refused(f"{path}: cannot be written: {reason}",
                                "build", "-o", path, "-c", "ok.csv", *RECIPE)  # fmt: skip
        self.assertTrue((self.folder / "loop").is_symlink())

    def test_targets_that_cannot_be_written(self) -> None:
        self.write("ok.csv", GOOD)
        for target, reason in (("no/m.ml", "No such file or directory"), (".", "Is a directory"),
                               ("ok.csv/m.ml", "Not a directory")):  # fmt: skip
            message = f"{target}: cannot be written: {reason}"
            self.assert_refused(message, "build", "-c", "ok.csv", *RECIPE, "-o", target)
            self.assert_refused(message, "config", "-o", target) if target != "." else None
        self.assert_refused(". already exists. Please use another file name.", "config", "-o", ".")

    def test_a_model_of_the_original_is_kept_where_its_successor_takes_its_name(self) -> None:
        self.write_incidents()
        self.write("m.ml", b"\x80\x04\x95rest")
        self.assertEqual(self.build().returncode, 0)
        self.assertEqual(self.res_ml("view", "-i", "m.ml").returncode, 0)
        self.assertEqual((self.folder / "m.ml.previous").read_bytes(), b"\x80\x04\x95rest")
        # One of this program can be made again.
        (self.folder / "m.ml.previous").unlink()
        self.assertEqual(self.build().returncode, 0)
        self.assertFalse((self.folder / "m.ml.previous").exists())

    def test_model_files(self) -> None:
        self.write("ok.csv", GOOD)
        self.write("empty.ml", "")
        self.write("foreign.ml", "id,name\n" * 20)
        self.write("pickle.ml", b"\x80\x04\x95rest")
        self.assert_refused("Model file no.ml does not exist.", "view", "-i", "no.ml")
        predicted = ("predict", "-c", "ok.csv", "-i")
        self.assert_refused("no.ml: cannot be read: No such file or directory", *predicted, "no.ml")
        original = ROOT / "tests" / "data" / "original_pickle" / "protocol4.pickle"
        self.write("original.ml", original.read_bytes())
        pickle = ": a pickle of Machine Learning Function 1.x, which could run code when opened and is never read as such; build "
        for command in (("view", "-i"), predicted, ("rebuild", "-c", "ok.csv", "-i")):
            for name, message in (
                ("empty.ml", ": too short for a model file, got 0 bytes"),
                ("foreign.ml", ": not a model file of this program; res-ml build makes one"),
                ("pickle.ml", pickle + "a new model with res-ml build"),
                ("original.ml", pickle + "its successor with: res-ml build -o original.ml "
                 "-c resilient_incidents.csv --set prediction=severity_code "
                 "--set 'features=incident_type_ids, confirmed' --set 'algorithm=Decision Tree' "
                 "--set method=None --set split=0.5 --set class_weight=balanced "
                 "--set imbalance_upsampling=false --set unwanted_values=None"),
            ):  # fmt: skip
                with self.subTest(name, command=command):
                    self.assert_refused(name + message, *command, name)
