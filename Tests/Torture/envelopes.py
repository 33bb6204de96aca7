"""Signed packets that are noted in a register and sealed to a recipient, and their opening, under the same faults."""

import json
import shutil
import signal
import subprocess

from ground import PARTIAL, Failure, Skipped, expect, tree
from sweeps import CHANGES as SHIM_CHANGES
from sweeps import added, case, shimmed, told, tracer, until_untouched, was_injected

DEMAND = "TT-2"
ENVELOPE = DEMAND + ".tar.p7m"
# What changes the disk: of a sealing the writes of the register (SQLite) and of tar are among them.
CHANGES = "write,pwrite64,fsync,fdatasync,syncfs,ftruncate,mkdirat,renameat2,unlink,unlinkat"
WRITES = "write,pwrite64,ftruncate"


class Sealing:
    """A signer, a recipient and a register, made once for all cases."""

    made = None

    def __init__(self, ground):
        if not shutil.which("openssl"):
            raise Skipped("openssl is not installed")
        self.ground, self.folder = ground, ground.folder / "sealing"
        self.folder.mkdir()
        self.signer, self.trust = self.folder / "signer.key", self.folder / "signer.pem"
        self.key, self.recipient = self.folder / "agency.key", self.folder / "agency.pem"
        self.register = self.folder / "demands.register"
        self.work(["key", "new-signer", "--out-key", self.signer, "--out-cert", self.trust, "--name", "Example"])
        self.work(["register", "new", self.register])
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
             "-subj", "/CN=Agency", "-keyout", self.key, "-out", self.recipient], check=True, capture_output=True)
        self.key.chmod(0o600)
        trial = self.trial()
        result = self.disclose(trial)
        expect(result.status == 0, "the undisturbed run ends with %s" % result)
        self.packet, self.envelope = trial.out / DEMAND, trial.out / ENVELOPE
        self.opened = tree(self.packet)
        self.reference = trial.out

    @classmethod
    def of(cls, ground):
        if cls.made is None:
            cls.made = cls(ground)
        return cls.made

    def work(self, arguments):
        result = self.ground.run(arguments)
        expect(result.status == 0, "%s ends with %s" % (arguments[0], result))
        return result

    def trial(self):
        """An output folder and a register of its own."""
        trial = self.ground.trial(sealed=False)
        for name in (self.register.name, self.register.name + ".key"):
            shutil.copy2(self.folder / name, trial.folder / name)
        return trial

    def disclose(self, trial, **options):
        """One run by the clock's time, in which the certificates are valid."""
        arguments = trial.arguments(names=(DEMAND,), more=[
            "--sign-key", self.signer, "--sign-cert", self.trust, "--to", self.recipient,
            "--register", trial.folder / self.register.name])  # fmt: skip
        place = arguments.index("--now")
        del arguments[place : place + 2]
        return self.ground.run(arguments, folder=trial.folder, **options)

    def open(self, envelope, out, **options):
        return self.ground.run(["open", envelope, "--key", self.key, "--out", out, "--trust", self.trust], **options)

    # What must hold afterwards

    def check(self, trial, result, statuses, leaves):
        """Each packet and envelope is whole or not there, the register is, and the next run does the rest."""
        expect(result.status in statuses | {0}, "ended with %s" % result)
        there = self.look(trial, leaves)
        expect(result.status != 0 or there == {DEMAND, ENVELOPE}, "ended with 0 without %s" % (there or "anything"))
        trial.silent(result)
        register = trial.folder / self.register.name
        self.work(["register", "verify", register])
        again = self.disclose(trial)
        expect(again.status == 0, "the next run ends with %s" % again)
        expect(self.look(trial, False) == {DEMAND, ENVELOPE}, "the next run does not do the rest")
        self.work(["register", "verify", register, "--packets", trial.out])
        shown = self.work(["register", "show", register, DEMAND]).output.decode().splitlines()
        events = [json.loads(line)["event"] for line in shown]
        expect(events.count("produced") == 1, "the register has the packet %d times" % events.count("produced"))
        shutil.rmtree(trial.folder)

    def look(self, trial, leaves):
        """The names that are there; each is whole."""
        there = set()
        for entry in sorted(trial.out.iterdir()) if trial.out.exists() else []:
            if entry.name.startswith(PARTIAL):
                self.ground.check_partial(entry, leaves)
                continue
            there.add(entry.name)
            if entry.name == DEMAND:
                self.work(["verify", entry, "--trust", self.trust])
            else:
                expect(entry.name == ENVELOPE, "%s is in the output folder" % entry.name)
                out = trial.folder / "opened"
                result = self.open(entry, out)
                expect(result.status == 0 and tree(out / DEMAND) == tree(trial.out / DEMAND),
                       "the envelope does not open to the packet: %s" % result)  # fmt: skip
                shutil.rmtree(out)
        return there

    def check_opened(self, trial, result, statuses, leaves):
        """The whole packet is there or nothing of it, and the next run opens it."""
        expect(result.status in statuses | {0}, "ended with %s" % result)
        there = set()
        for entry in sorted(trial.out.iterdir()) if trial.out.exists() else []:
            if entry.name.startswith(PARTIAL):
                expect(leaves, "%s is left" % entry.name)
                continue
            expect(entry.name == DEMAND and tree(entry) == self.opened, "%s is not the whole packet" % entry.name)
            there.add(entry.name)
        expect(result.status != 0 or there, "ended with 0 without the packet")
        found = self.ground.said.found(result.talk)
        expect(not found, "standard error holds %s" % found)
        again = self.open(self.envelope, trial.out)
        expect(again.status == (6 if there else 0), "the next run ends with %s" % again)
        # A partial folder with what was decrypted goes with the next run, whatever comes of it.
        expect([entry.name for entry in trial.out.iterdir()] == [DEMAND], "something else than the packet is left")
        expect(tree(trial.out / DEMAND) == self.opened, "the next run does not open the packet")
        shutil.rmtree(trial.folder)


class Sweep:
    """What is swept: how a trial is run, with options of `Ground.run`, and what must hold of it."""

    def __init__(self, ground, work, check):
        self.ground, self.work, self.check = ground, work, check

    @classmethod
    def sealing(cls, ground, statuses, leaves=False):
        sealing = Sealing.of(ground)
        return cls(ground, sealing.disclose, lambda trial, result: sealing.check(trial, result, statuses, leaves))

    @classmethod
    def opening(cls, ground, statuses, leaves=False):
        sealing = Sealing.of(ground)
        return cls(
            ground,
            lambda trial, **options: sealing.open(sealing.envelope, trial.out, folder=trial.folder, **options),
            lambda trial, result: sealing.check_opened(trial, result, statuses, leaves))  # fmt: skip

    def by_strace(self, calls, fault):
        """A fault at the n-th call of a thread, every n."""

        def one(number):
            trial = Sealing.of(self.ground).trial()
            trace = trial.folder / "trace"
            result = self.work(trial, prefix=tracer(calls, fault, number, trace))
            text = trace.read_text(errors="replace")
            trace.unlink()
            self.checked(trial, result, "%s:%s when=%d" % (calls, fault, number))
            return result if was_injected(text) else None

        return until_untouched(self.ground, one)

    def by_signal(self, number):
        """A signal to the process at the n-th change of all its threads, every n: strace sends it to the thread, for
        which a process that waits for signals in another thread is deaf."""

        def one(place):
            trial = Sealing.of(self.ground).trial()
            hit = trial.folder / "hit"
            fault = {"TORTURE_SIGNAL": str(int(number))}
            result = self.work(trial, environment=shimmed(self.ground, SHIM_CHANGES, fault, place, hit))
            was_hit = hit.exists()
            hit.unlink(missing_ok=True)
            self.checked(trial, result, "%s at change %d" % (number.name, place))
            return result if was_hit else None

        return until_untouched(self.ground, one)

    def checked(self, trial, result, injected):
        try:
            self.check(trial, result)
        except Failure as failure:
            raise Failure("%s: %s" % (injected, failure))


@case("E01", "SIGKILL at the n-th change of a thread while a packet is signed, noted and sealed to a recipient, every n")
def killed_while_sealing(ground):
    ends = Sweep.sealing(ground, {6, -signal.SIGKILL}, leaves=True).by_strace(CHANGES, "signal=KILL")
    expect(ends.get(-signal.SIGKILL, 0) > 20, told(ends))
    return told(ends)


@case("E02", "SIGTERM at the n-th change of the process while it does so, every n")
def told_to_end_while_sealing(ground):
    ends = Sweep.sealing(ground, {6, -signal.SIGTERM}, leaves=True).by_signal(signal.SIGTERM)
    expect(ends.get(-signal.SIGTERM, 0) > 20, told(ends))
    return told(ends)


@case("E03", "ENOSPC, EIO at the n-th write, EIO at the n-th sync, of the same")
def broken_while_sealing(ground):
    sweep = Sweep.sealing(ground, {5, 6})
    return told(added([
        sweep.by_strace(WRITES, "error=ENOSPC"), sweep.by_strace(WRITES, "error=EIO"),
        sweep.by_strace("fsync,fdatasync,syncfs", "error=EIO")]))  # fmt: skip


@case("E04", "SIGKILL, SIGTERM at the n-th change while an envelope is opened, every n")
def killed_while_opening(ground):
    ends = [
        Sweep.opening(ground, {-signal.SIGKILL}, leaves=True).by_strace(CHANGES, "signal=KILL"),
        Sweep.opening(ground, {6, -signal.SIGTERM}, leaves=True).by_signal(signal.SIGTERM)]  # fmt: skip
    expect(ends[0].get(-signal.SIGKILL, 0) > 20 and ends[1].get(-signal.SIGTERM, 0) > 5, told(added(ends)))
    return told(added(ends))


@case("E05", "ENOSPC, EIO at the n-th write, EIO at the n-th sync and rename, while an envelope is opened, every n")
def broken_while_opening(ground):
    sweep = Sweep.opening(ground, {6})
    return told(added([
        sweep.by_strace("write,pwrite64", "error=ENOSPC"), sweep.by_strace("write,pwrite64", "error=EIO"),
        sweep.by_strace("fsync,renameat2", "error=EIO")]))  # fmt: skip


@case("E06", "an envelope changed at each of many bytes: nothing is left")
def changed_envelope(ground):
    sealing = Sealing.of(ground)
    whole = sealing.envelope.read_bytes()

    def one(place):
        trial = ground.trial(sealed=False)
        changed = trial.folder / "changed"
        bit = 1 << ((place * 5 + ground.seed) % 8)
        changed.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
        result = sealing.open(changed, trial.out)
        expect(result.status in (5, 8), "byte %d: open ends with %s" % (place, result))
        expect(not trial.out.exists() or not any(trial.out.iterdir()), "byte %d: something is left" % place)
        shutil.rmtree(trial.folder)
        return result.status

    places = range(0, len(whole), max(1, len(whole) // 400))
    ends = {}
    for status in ground.each(one, places):
        ends[status] = ends.get(status, 0) + 1
    return told(ends)
