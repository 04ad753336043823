"""The command res-ml as a user runs it, compared as whole output."""

import json
import random
import re

from .command_case import INCIDENTS, CommandCase

SESSION = """\
Using 80 samples to train.\x20
-----
Summary:
-----
File:           PATH
Build time:     TIME
Num_samples:    160
Algorithm:      Decision Tree
Method:         None
Prediction:     false_positive
Features:       kind, confirmed
Class weight:   balanced
Upsampling:     False
Unwanted Values:None
Accuracy:       1
F1:             1
  Accuracy for false_positive value:
    False:       1
    True:        1
-----
"""


class Command(CommandCase):
    def test_config_build_view(self) -> None:
        self.write_incidents()
        self.assertEqual(self.res_ml("config").returncode, 0)
        again = self.res_ml("config")
        self.assertEqual(again.returncode, 1)
        self.assertEqual(again.stderr, "ml.config already exists. Please use another file name.\n")
        built = self.build()
        self.assertEqual((built.returncode, built.stderr), (0, ""))
        masked = re.sub(r"(File: +).*", r"\1PATH", built.stdout)
        masked = re.sub(r"(Build time: +).*", r"\1TIME", masked)
        masked = masked.replace("Unwanted Values: None", "Unwanted Values:None")
        self.assertEqual(masked[: len(SESSION)], SESSION)
        self.assertIn("Rows:           162 read, 160 used, 1 without false_positive, "
                      '1 with the unwanted value "None"\n', built.stdout)  # fmt: skip
        viewed = self.res_ml("view", "-i", "m.ml")
        self.assertEqual(viewed.stdout, built.stdout.split("\n", 1)[1])
        log = self.folder / "res-ml.log"
        self.assertEqual(log.stat().st_mode & 0o777, 0o600)
        self.assertIn(built.stdout, log.read_text())

    def test_verbose_says_settings_and_answers_but_the_log_keeps_no_answer(self) -> None:
        self.write_incidents()
        told = self.build("-v", "--seed", "7")
        lines = told.stderr.splitlines()
        self.assertEqual(lines[:2], ["Verbose Logging Enabled", "configuration: none found"])
        self.assertIn("seed = 7", lines)
        self.assertIn('algorithm = "Decision Tree"', lines)
        self.assertIn('learner_options = {"max_depth":"0","min_samples_leaf":"1",'
                      '"min_samples_split":"20"}', lines)  # fmt: skip
        answers = [line for line in lines if re.fullmatch("(True|False) : (True|False)", line)]
        self.assertEqual(len(answers), 80)
        self.assertEqual(answers.count("True : True"), 20)
        log = (self.folder / "res-ml.log").read_text()
        self.assertIn("seed = 7\n", log)
        self.assertNotIn(" : True\n", log)
        self.assertEqual(self.build("--seed", "x").returncode, 2)

    def test_compare_tells_the_best_first_and_saves_it(self) -> None:
        self.write_incidents()
        settings = ("--set", "prediction=false_positive", "--set", "features=kind, confirmed")
        told = self.res_ml("compare", "-c", "incidents.csv", *settings,
                           "--pairs", "Dummy Classifier, decision tree + bagging",
                           "--save-best", "best.ml")  # fmt: skip
        self.assertEqual(told.stderr, "saved to best.ml: Decision Tree + Bagging\n")
        masked = re.sub(r"[\d.]+ (us|ms|s|B|kB)\b *", "N ", told.stdout)
        masked = re.sub(r"(Build|File) +", r"\1  ", masked)
        self.assertEqual(masked.splitlines()[:7], [
            "false_positive: 80 incidents to learn from, 80 held out, the same for all",
            "Majority: 0.7500  (95 %: 0.6452 to 0.8319)  always answering False",
            "",
            "   Algorithm         Method   Accuracy (95 %)         F1 (95 %)               "
            "Build  File  Answer",
            "*  Decision Tree     Bagging  1.0000 (0.9542-1.0000)  1.0000 (1.0000-1.0000)  N N N ",
            "   -- always False            0.7500 (0.6452-0.8319)",
            "   Dummy Classifier  None     0.4750 (0.3692-0.5830)  0.3220 (0.2717-0.3723)  N N N ",
        ])  # fmt: skip
        self.assertIn("Method:         Bagging\n", self.res_ml("view", "-i", "best.ml").stdout)
        as_json = self.res_ml("compare", "-c", "incidents.csv", *settings, "--json")
        pairs = json.loads(as_json.stdout)
        self.assertEqual(as_json.stderr, "")
        self.assertGreater(len(pairs), 20)
        self.assertTrue(all("error" not in pair for pair in pairs))
        scores = [pair["accuracy"]["value"] for pair in pairs]
        self.assertEqual(scores, sorted(scores, reverse=True))

    def test_an_unwritable_target_is_told_before_the_work(self) -> None:
        self.write_incidents()
        settings = ("--set", "prediction=false_positive", "--set", "features=kind")
        for command in (("build", "-o"), ("compare", "--save-best")):
            told = self.res_ml(*command, "no/m.ml", "-c", "incidents.csv", *settings)
            self.assertEqual((told.returncode, told.stdout), (1, ""))
            self.assertEqual(told.stderr, "no/m.ml: cannot be written: No such file or directory\n")

    def test_a_learner_tells_what_it_chose_and_what_was_cut_short(self) -> None:
        self.write_incidents()
        kernel = ("--set", "algorithm=SVM with Gaussian kernel")
        told = self.build("-v", *kernel)
        self.assertIn("rbf_svm: gamma = 0.2 = 1 / 5 columns", told.stderr.splitlines())
        self.assertNotIn("Warning:", told.stdout)
        cut = self.build(*kernel, "--set", "max_iter=1", "--set", "gamma=3")
        warning = "Warning:        rbf_svm: max_iter = 1 was not enough for 1 of 1 borders; " \
                  "raise it or lower c\n"  # fmt: skip
        self.assertEqual(cut.stdout.count(warning), 1)
        self.assertEqual(self.res_ml("view", "-i", "m.ml").stdout.count(warning), 1)

    def test_predict_keeps_order_and_notes_what_is_new(self) -> None:
        self.write_incidents()
        self.build()
        rows = "id,kind,confirmed\n1,b,False\n2,a,True\n3,zz,\n"
        answer = self.res_ml("predict", "-i", "m.ml", "-c", "-", "--keep", "id", text=rows)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        lines = answer.stdout.split("\n")
        self.assertEqual(lines[0], "id,prediction,probability,notes")
        self.assertRegex(lines[1], r"^1,True,0\.9\d*,$")
        self.assertRegex(lines[2], r"^2,False,0\.9\d*,$")
        self.assertRegex(
            lines[3], r'^3,(True|False),0\.\d+,"?kind: new value ""zz""; confirmed: no value"?$'
        )
        missing = self.res_ml("predict", "-i", "m.ml", "-c", "-", text="id,kind\n1,b\n")
        self.assertEqual(missing.returncode, 1)
        self.assertEqual(
            missing.stderr, '<stdin>: no column "confirmed"; the columns are id, kind\n'
        )

    def test_predict_without_rows_writes_the_header(self) -> None:
        self.write_incidents()
        self.build()
        done = self.res_ml(
            "predict", "-i", "m.ml", "-c", "-", "-o", "a.csv", text="kind,confirmed\n"
        )
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertEqual((self.folder / "a.csv").read_bytes(), b"prediction,probability,notes\r\n")
        self.assertEqual((self.folder / "a.csv").stat().st_mode & 0o777, 0o600)

    def test_predict_as_json_keeps_texts(self) -> None:
        self.write_incidents()
        self.build()
        rows = "probability,kind,confirmed\n7,b,False\n"
        done = self.res_ml("predict", "-i", "m.ml", "-c", "-", "--json", "--probabilities",
                           "--keep", "probability_", text=rows.replace("probability", "probability_"))  # fmt: skip
        answer = json.loads(done.stdout)
        self.assertEqual((answer["probability_"], answer["prediction"]), ("7", "True"))
        self.assertAlmostEqual(answer["probability_False"] + answer["probability_True"], 1)

    def test_late_fields_are_warned_of_and_other_warnings_stay(self) -> None:
        rows = [f"{i % 3},{'ab'[i % 2]},{i % 2 == 0}" for i in range(40)]
        (self.folder / "late.csv").write_text("resolution_id,kind,x\n" + "\n".join(rows) + "\n")
        recipe = ("build", "-o", "m.ml", "-c", "late.csv", "--set", "prediction=x",
                  "--set", "features=resolution_id, kind", "--set", "algorithm=Dummy Classifier",
                  "--set", "method=Bagging")  # fmt: skip
        late = ("Warning:        resolution_id is filled late in an incident's life; a new incident "
                "will not have the value that the model learnt from\n")  # fmt: skip
        method = "Warning:        method: Bagging has no meaning for the Dummy Classifier; built without\n"
        told = self.res_ml(*recipe).stdout
        self.assertIn(late + method, told)
        silenced = self.res_ml(*recipe, "--yes-late-fields").stdout
        self.assertNotIn(late, silenced)
        self.assertIn(method, silenced)

    def test_the_seed_reaches_the_dummy_classifier(self) -> None:
        self.write_incidents()
        kinds = "\n".join(["kind,confirmed", *(f"{k},{c}" for k in "abcd" for c in (True, False))])
        answers = []
        for seed in ("0", "0", "1", "2", "3"):
            self.build("--set", "algorithm=Dummy Classifier", "--set", f"seed={seed}")
            answers.append(
                self.res_ml("predict", "-i", "m.ml", "-c", "-", text=kinds + "\n").stdout
            )
        self.assertEqual(answers[0], answers[1])
        self.assertGreater(len(set(answers)), 1)

    def test_the_recipe_is_checked_before_the_samples_are_read(self) -> None:
        for setting, message in (
            ("algorithm=Oracle", "--set algorithm=Oracle: expected one of "),
            ("spilt=0.3", '--set spilt=0.3: unknown key "spilt"'),
            ("n_members=3", '--set n_members=3: unknown key "n_members"'),
        ):
            done = self.res_ml("build", "-o", "m.ml", "-c", "none.csv", "--set", "prediction=x",
                               "--set", "features=y", "--set", setting)  # fmt: skip
            self.assertEqual(done.returncode, 1)
            self.assertTrue(done.stderr.startswith(message), done.stderr)

    def test_an_ensemble_is_built_rebuilt_and_asked(self) -> None:
        self.write_incidents()
        for method, size in (("Bagging", "n_members=5"), ("adaptive boosting", "n_rounds=5")):
            built = self.build("--set", f"method={method}", "--set", size)
            self.assertEqual((built.returncode, built.stderr), (0, ""))
            self.assertIn(f"Method:         {method.title()}\n", built.stdout)
            before = self.res_ml("view", "-i", "m.ml", "--json")
            self.assertEqual(self.res_ml("rebuild", "-i", "m.ml", "-c", "incidents.csv").stderr, "")
            after = self.res_ml("view", "-i", "m.ml", "--json")
            settings = [json.loads(view.stdout)["settings"] for view in (before, after)]
            self.assertEqual(settings[0], settings[1])
            name, value = size.split("=")
            self.assertEqual(settings[0]["learner_options"][name], value)
            answer = self.res_ml("predict", "-i", "m.ml", "-c", "-",
                                 text="kind,confirmed\nb,False\na,True\n")  # fmt: skip
            self.assertRegex(answer.stdout, r"^prediction,.*\nTrue,.*\nFalse,.*\n$")

    def test_algorithms_and_methods_have_help(self) -> None:
        text = self.res_ml("build", "--help-algorithms").stdout
        self.assertTrue(text.startswith("Logistic Regression: "))
        self.assertIn("\n\nMethods\nBagging: ", text)
        self.assertIn("\n  n_members = 10, Logistic Regression: 200, GaussianNB: 100  "
                      "(between 1 and 10000)  models, each with a draw of its own\n", text)  # fmt: skip

    def test_rebuild_keeps_the_better_model(self) -> None:
        self.write_incidents()
        self.build()
        before = (self.folder / "m.ml").read_bytes()
        good = self.res_ml("rebuild", "-i", "m.ml", "-c", "incidents.csv")
        self.assertEqual((good.returncode, good.stderr), (0, ""))
        self.assertEqual((self.folder / "m.ml.previous").read_bytes(), before)
        kept = (self.folder / "m.ml").read_bytes()
        rows = (self.folder / "incidents.csv").read_text().splitlines()
        draw = random.Random(0)
        shuffled = [
            ",".join([*row.split(",")[:3], draw.choice(["True", "False"])]) for row in rows[1:]
        ]
        (self.folder / "bad.csv").write_text("\n".join([rows[0], *shuffled]) + "\n")
        worse = self.res_ml("rebuild", "-i", "m.ml", "-c", "bad.csv")
        self.assertEqual(worse.returncode, 1)
        self.assertRegex(worse.stderr, r"^m\.ml: not replaced: the new model's accuracy is 0\.\d+, "
                         r"the old one's was 1 \(.*\); use --force to replace it all the same\n$")  # fmt: skip
        self.assertEqual((self.folder / "m.ml").read_bytes(), kept)
        self.assertEqual(
            self.res_ml("rebuild", "-i", "m.ml", "-c", "bad.csv", "--force").returncode, 0
        )

    def test_rebuild_from_few_incidents_warns(self) -> None:
        self.write_incidents()
        self.build()
        self.write_incidents(40)
        told = self.res_ml("rebuild", "-i", "m.ml", "-c", "incidents.csv", "--force")
        self.assertEqual(told.returncode, 0)
        self.assertEqual(told.stderr, "warning: learnt from 40 incidents, the old model from 160; "
                         "is the file whole?\n")  # fmt: skip

    def test_a_configuration_that_is_named_must_be_there(self) -> None:
        self.write_incidents()
        self.build()
        for command in ("build", "-o"), ("rebuild", "-i"):
            told = self.res_ml(*command, "m.ml", "-c", "incidents.csv", "-f", "no.config")
            self.assertEqual((told.returncode, told.stdout), (1, ""))
            self.assertIn("no.config: ", told.stderr)

    def test_an_unknown_subcommand_is_named(self) -> None:
        for word, hint in ("vew", '; did you mean "view"?'), ("upload", ""):
            told = self.res_ml(word, "-i", "m.ml")
            self.assertEqual(told.returncode, 2)
            self.assertEqual(told.stderr.splitlines()[0],
                             f'res-ml: unknown subcommand "{word}"{hint}')  # fmt: skip
        self.assertEqual(self.res_ml("build").stderr.splitlines()[-1], "see: res-ml build --help")
        self.assertEqual(self.res_ml().stderr.splitlines()[0], "res-ml: A subcommand is required")
        self.assertIn("A first session:", self.res_ml().stderr)

    def test_same_samples_same_bytes_on_any_number_of_threads(self) -> None:
        models = []
        for threads in ("1", "2"):
            self.res_ml("--threads", threads, "build", "-o", "r.ml", "-c", str(INCIDENTS),
                        "--set", "prediction=severity_code",
                        "--set", "features=incident_type_ids, country, create_date, state")  # fmt: skip
            text = (self.folder / "r.ml").read_bytes()
            time = re.compile(rb'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|"checksum":"[0-9a-f]{16}"')
            models.append(time.sub(b"", text))
        self.assertEqual(models[0], models[1])
        self.assertGreater(len(models[0]), 1000)

    def test_count_value(self) -> None:
        (self.folder / "few.csv").write_text('a\nFalse\nTrue\nFalse\nNone\n""\nFalse\nTrue\n')
        counted = self.res_ml("count_value", "-i", "few.csv", "-f", "a")
        self.assertEqual(
            counted.stdout,
            "-----\nValue Counts\n-----\nValue counts for a in few.csv:\n"
            "False    3\nTrue     2\nNone     1\nName: a, dtype: int64\n",
        )

    def test_columns_are_aligned_by_characters(self) -> None:
        self.write("towns.csv", "town\nKöln\nUlm\nKöln\n")
        counted = self.res_ml("count_value", "-i", "towns.csv", "-f", "town")
        self.assertIn("\nKöln    2\nUlm     1\n", counted.stdout)

    def test_no_control_character_of_a_cell_is_printed(self) -> None:
        self.write("towns.csv", "town\n\x1b[31mUlm\nBonn\x9b2J\n")
        counted = self.res_ml("count_value", "-i", "towns.csv", "-f", "town")
        self.assertIn("\n\\x1b[31mUlm", counted.stdout)
        self.assertIn("\nBonn\\u009b2J", counted.stdout)
        log = (self.folder / "res-ml.log").read_text()
        self.assertFalse(set("\x1b\x9b") & set(counted.stdout + log))

    def test_bad_input_says_what_is_wrong(self) -> None:
        self.write_incidents()
        self.assertEqual(self.build("-c", "incidents.csv").returncode, 2)  # -c given twice
        for args, message in (
            (("build", "-o", "x.ml", "--set", "prediction=a", "--set", "features=b"),
             "give the incidents with -c FILE.csv, or say where the platform is in a configuration; "
             "res-ml config writes a sample\n"),
            (("count_value", "-i", "incidents.csv", "-f", "kindd"),
             'incidents.csv: no column "kindd"; did you mean "kind"?\n'),
        ):  # fmt: skip
            done = self.res_ml(*args)
            self.assertEqual((done.returncode, done.stderr), (1, message))
        self.assertEqual(self.res_ml("build", "-i", "m.ml", "-o", "x.ml").returncode, 2)
        self.assertEqual(self.res_ml().returncode, 2)
        self.assertEqual(self.res_ml("--version").stdout, "res-ml 2.0.0\n")

    def test_every_prefix_of_a_model_is_refused(self) -> None:
        self.write_incidents()
        self.build()
        whole = (self.folder / "m.ml").read_bytes()
        for cut in range(0, len(whole), max(1, len(whole) // 40)):
            (self.folder / "cut.ml").write_bytes(whole[:cut])
            done = self.res_ml("view", "-i", "cut.ml")
            self.assertEqual(done.returncode, 1, cut)
            self.assertTrue(done.stderr.startswith("cut.ml: "), done.stderr)
