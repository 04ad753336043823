"""The guide's session from config to count_value, whole; and its numbers counted again by hand."""

import json
import math
import random
import re

from .command_case import CommandCase

SUMMARY = """\
-----
Summary:
-----
File:           PATH/model.ml
Build time:     TIME
Num_samples:    240
Algorithm:      Logistic Regression
Method:         None
Prediction:     severity_code
Features:       incident_type_ids, confirmed, negative_pr_likely, nist_attack_vectors
Class weight:   balanced
Upsampling:     False
Unwanted Values:None
Accuracy:       FRACTION
F1:             FRACTION
  Accuracy for severity_code value:
    4:           FRACTION
    5:           FRACTION
    6:           FRACTION
-----
Rows:           243 read, 240 used, 1 without severity_code, 2 with the unwanted value "None"
Hold-out:       120 rows, trained on 120
Accuracy:       FRACTION  (95 %: FRACTION to FRACTION)
Majority:       FRACTION  (95 %: FRACTION to FRACTION)  always answering 6
F1:             FRACTION  (95 %: FRACTION to FRACTION)
Calibration:    expected error FRACTION, log-loss FRACTION
Model:          fitted once more on all used rows; the scores are those of the hold-out
  Kinds of the features:
    incident_type_ids: multi-select (3 distinct lists)
    confirmed: boolean (true or false)
    negative_pr_likely: boolean (true or false)
    nist_attack_vectors: multi-select (3 distinct lists)
"""

SESSION = f"""\
$ res-ml config
ml.config written; edit its keys, then run res-ml build
$ res-ml build -o model.ml -c resilient_incidents.csv
Using 120 samples to train.
{SUMMARY}\
$ res-ml view -i model.ml
{SUMMARY}\
$ res-ml rebuild -i model.ml -c resilient_incidents.csv
Using 120 samples to train.
{SUMMARY}\
$ res-ml count_value -i resilient_incidents.csv -f severity_code
-----
Value Counts
-----
Value counts for severity_code in resilient_incidents.csv:
6       120
4        80
5        40
None      2
Name: severity_code, dtype: int64
"""


def wilson(hits: float, n: float) -> tuple[float, float]:
    """The two shares whose own 95 % test the observed one just passes, found by bisection."""

    def edge(inside: float, outside: float) -> float:
        for _ in range(100):
            middle = (inside + outside) / 2
            distance = abs(hits / n - middle)
            if distance <= 1.959963984540054 * math.sqrt(middle * (1 - middle) / n):
                inside = middle
            else:
                outside = middle
        return inside

    return edge(hits / n, 0.0), edge(hits / n, 1.0)


class Session(CommandCase):
    maxDiff = None

    def write_guide_incidents(self) -> None:
        draw = random.Random(1)
        rows = [
            "id,name,incident_type_ids,confirmed,negative_pr_likely,nist_attack_vectors,severity_code"
        ]
        for i in range(240):
            truth = "4" if i % 3 == 0 else "5" if i % 6 == 1 else "6"
            seen = truth if draw.random() < 0.7 else draw.choice("456")
            types = {"4": "[17, 19]", "5": "[]", "6": "[21]"}[seen]
            likely, vectors = draw.choice(["True", "None"]), draw.choice(["[1]", "[2, 3]"])
            rows.append(
                f'{i},"a, b","{types}",{draw.choice(["True", "False"])},{likely},"{vectors}",{truth}'
            )
        rows += [
            "900,x,[],True,None,[],None",
            "901,x,[],True,None,[],None",
            "902,x,[],True,None,[],",
        ]
        self.write("resilient_incidents.csv", "\r\n".join(rows) + "\r\n")

    def test_the_guide_from_config_to_count_value(self) -> None:
        self.write_guide_incidents()
        told = ""
        for line in re.findall(r"^\$ res-ml (.*)$", SESSION, re.MULTILINE):
            told += f"$ res-ml {line}\n" + self.both_streams(*line.split())
        masked = re.sub(
            r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME", told.replace(str(self.folder), "PATH")
        )
        self.assertEqual(re.sub(r"\b0\.\d+", "FRACTION", masked), SESSION)

    def test_scores_are_those_of_the_pairs_of_truth_and_prediction(self) -> None:
        # Each class has one kind of row, so who is held out is known: of 121 rows ceil(36.3) = 37,
        # a class its share rounded down, 18 and 12 and 6, and one more where most was cut off, b.
        # Nothing tells the c from the a.
        held = {("a", "x"): 18, ("b", "y"): 13, ("c", "x"): 6}
        rows = ["x,a"] * 60 + ["y,b"] * 41 + ["x,c"] * 20
        draw = random.Random(2)
        rows = ["kind,label", *draw.sample(rows, len(rows))]
        self.write("i.csv", "\n".join(rows) + "\n")
        for name in self.algorithm_names():
            with self.subTest(name):
                self.check_scores(name, held)

    def check_scores(self, algorithm: str, held: dict[tuple[str, str], int]) -> None:
        told = self.both_streams("build", "-o", "m.ml", "-c", "i.csv", "--set", "prediction=label", "--set",
                                 "features=kind", "--set", "split=0.3", "--set", "refit=false", "--set",
                                 f"algorithm={algorithm}")  # fmt: skip
        answer = self.res_ml("predict", "-i", "m.ml", "-c", "-", text="kind\nx\ny\n").stdout
        decided = dict(zip("xy", (line.split(",")[0] for line in answer.split()[1:]), strict=True))
        pairs = [(truth, decided[kind]) for (truth, kind), n in held.items() for _ in range(n)]
        n_right = sum(truth == said for truth, said in pairs)
        recall, f1 = {}, {}
        for label in "abc":
            n_true = sum(truth == label for truth, _ in pairs)
            n_decided = sum(said == label for _, said in pairs)
            n_both = sum(truth == said == label for truth, said in pairs)
            recall[label] = n_both / n_true
            f1[label] = 2 * n_both / (n_true + n_decided)
        low, high = wilson(n_right, 37)
        macro_f1 = sum(f1.values()) / 3
        for line in (
            f"Accuracy:       {n_right / 37:.12g}",
            f"F1:             {macro_f1:.12g}",
            *(f"    {label}:           {recall[label]:.12g}" for label in "abc"),
            "Hold-out:       37 rows, trained on 84",
            f"Accuracy:       {n_right / 37:.4f}  (95 %: {low:.4f} to {high:.4f})",
            "Majority:       {:.4f}  (95 %: {:.4f} to {:.4f})  always answering a".format(18 / 37, *wilson(18, 37)),
        ):  # fmt: skip
            self.assertIn(f"\n{line}\n", told)
        evaluation = json.loads(self.res_ml("view", "-i", "m.ml", "--json").stdout)["evaluation"]
        for i, truth in enumerate("abc"):
            for j, said in enumerate("abc"):
                self.assertEqual(evaluation["confusion"][i][j], pairs.count((truth, said)))
        n_said = {label: sum(said == label for _, said in pairs) for label in "abc"}
        precision = [pairs.count((c, c)) / n_said[c] if n_said[c] else 0 for c in "abc"]
        self.assertAlmostEqual(evaluation["macro_precision"], sum(precision) / 3, places=12)
        self.assertAlmostEqual(evaluation["macro_recall"], sum(recall.values()) / 3, places=12)
