"""Whatever stops build and rebuild, the model file is the old one or the new one, whole."""

import random
import resource
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

from .command_case import RES_ML, CommandCase

N_KILLS = 100
SETTINGS = ("--set", "prediction=false_positive", "--set", "features=kind, confirmed, id",
            "--set", "types=id:category")  # fmt: skip


def catches_interrupts(pid: int) -> bool:
    """Whether the process has come so far that Ctrl-C does not end it without a word."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = int(status.split("SigCgt:")[1].split()[0], 16)
    return bool(caught & 1 << (signal.SIGINT - 1))


class Killed(CommandCase):
    def setUp(self) -> None:
        super().setUp()
        self.write_incidents(600)
        self.arguments = {
            "build": ("build", "-o", "m.ml", "-c", "incidents.csv", *SETTINGS),
            "rebuild": ("rebuild", "-i", "m.ml", "-c", "incidents.csv"),
        }

    def run_for(self, seconds: float, command: str) -> int:
        """Kills the command after that time; its exit status."""
        with subprocess.Popen(
            [RES_ML, *self.arguments[command]],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            time.sleep(seconds)
            process.kill()
            return process.wait()

    def measured(self, command: str) -> float:
        start = time.monotonic()
        self.assertEqual(self.res_ml(*self.arguments[command]).returncode, 0)
        return time.monotonic() - start

    def test_kill_9_at_any_moment(self) -> None:
        draw = random.Random(1)
        length = {command: self.measured(command) for command in ("build", "rebuild")}
        n_killed = n_new = 0
        for i in range(N_KILLS):
            command = ("build", "rebuild")[i % 2]
            self.write_incidents(601 + i)  # so that the new model differs
            old = (self.folder / "m.ml").read_bytes()
            # Half of the moments are at the end, where files are written.
            moment = draw.uniform(0, 1.1) if i % 4 < 2 else draw.uniform(0.6, 1.1)
            is_killed = self.run_for(moment * length[command], command) == -signal.SIGKILL
            n_killed += is_killed
            # How long a run takes depends on what else the machine does.
            if is_killed != (moment < 1):
                length[command] *= 1.1 if is_killed else 0.9
            n_new += (self.folder / "m.ml").read_bytes() != old
            for model in ("m.ml", "m.ml.previous"):
                self.assertEqual(self.res_ml("view", "-i", model).returncode, 0)
        self.assertGreater(n_killed, N_KILLS // 4)
        self.assertGreaterEqual(n_new, N_KILLS - n_killed)
        # What was left behind is taken for no model and hinders none.
        self.assertEqual([path.name for path in self.folder.glob("*.ml")], ["m.ml"])
        for command in ("build", "rebuild"):
            self.measured(command)

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()
                if path.name != "res-ml.log"}  # fmt: skip

    def test_ctrl_c_leaves_the_files_as_they_were(self) -> None:
        self.measured("build")
        before = self.files()
        slow = ("--set", "algorithm=Random Forest", "--set", "n_trees=10000",
                "--set", "method=Bagging", "--set", "n_members=1000")  # fmt: skip
        for seconds in (0, 0.3, 0.6):
            process = subprocess.Popen([RES_ML, *self.arguments["build"], *slow], cwd=self.folder,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # fmt: skip
            while not catches_interrupts(process.pid):
                time.sleep(0.01)
            time.sleep(seconds)
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=30)
            self.assertEqual((process.returncode, told), (130, "stopped\n"), seconds)
            self.assertEqual(self.files(), before)

    def test_a_full_disk_leaves_both_files_of_rebuild(self) -> None:
        self.measured("build")
        self.write_incidents(640)
        self.measured("rebuild")
        files = [self.folder / name for name in ("m.ml", "m.ml.previous")]
        before = [path.read_bytes() for path in files]
        self.assertNotEqual(len(before[0]), len(before[1]))
        # The successor knows more values: it is larger than the file that there is room for.
        self.write_incidents(1200)
        for room in (1000, len(before[0]) + 1000):
            limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (room, room))
            # Python ignores the signal of a file grown too large; so does then the command.
            done = subprocess.run([RES_ML, *self.arguments["rebuild"]], cwd=self.folder, check=False,
                                  capture_output=True, text=True, restore_signals=False, preexec_fn=limit)  # fmt: skip
            self.assertEqual(
                (done.returncode, done.stderr), (1, "m.ml: cannot be written: File too large\n")
            )
            self.assertEqual([path.read_bytes() for path in files], before)
        names = {path.name for path in self.folder.iterdir()}
        self.assertEqual(names, {"m.ml", "m.ml.previous", "incidents.csv", "res-ml.log"})
