"""Replays what a run did to the disk, and what of it a loss of power may leave at each of its calls.

A file system may have brought to the disk any part of what was not synced: here names without data, data without names,
half of the data, and the output folder's names before all others. At every call the packets that such a state shows
must be whole.
"""

import re
import shutil

from ground import expect, text_of

CALL = re.compile(r"^ *(\w+)\((.*)\) += (\d+)(?:<(.*)>)?$", re.S)
CALLS = "openat,mkdirat,write,pwrite64,fsync,fdatasync,syncfs,renameat2,renameat,unlinkat,ftruncate,linkat"


class Node:
    """A file or folder: what stands in it now, and what was synced."""

    def __init__(self, is_folder):
        self.is_folder = is_folder
        self.now = {} if is_folder else b""
        self.synced = {} if is_folder else b""

    def sync(self):
        self.now = dict(self.now) if self.is_folder else self.now
        self.synced = dict(self.now) if self.is_folder else self.now

    def sync_all(self):
        self.sync()
        if self.is_folder:
            for node in self.now.values():
                node.sync_all()


class Disk:
    """The output folder while a run works on it."""

    def __init__(self, out):
        self.out = str(out)
        self.root = Node(True)

    def node(self, path):
        node = self.root
        for part in self.parts(path):
            node = node.now[part]
        return node

    def parts(self, path):
        return [part for part in path[len(self.out) :].split("/") if part]

    def is_inside(self, path):
        return path == self.out or path.startswith(self.out + "/")

    def place(self, arguments, first):
        """The folder's node and the name that `folder, "name"` leads to; None outside."""
        folder = descriptor(arguments[first])
        name = text_of(arguments[first + 1].strip('"')).decode()
        path = name if name.startswith("/") else folder + "/" + name
        path = re.sub(r"/\.?(?=/|$)", "", path)
        if not self.is_inside(path) or path == self.out:
            return None
        head, _, tail = path.rpartition("/")
        return self.node(head), tail

    def apply(self, call, arguments):
        if call in ("openat", "mkdirat"):
            place = self.place(arguments, 0)
            made = call == "mkdirat" or "O_CREAT" in arguments[2]
            if place and made and place[1] not in place[0].now:
                place[0].now[place[1]] = Node(call == "mkdirat")
        elif call in ("renameat2", "renameat"):
            old, new = self.place(arguments, 0), self.place(arguments, 2)
            if old and new:
                new[0].now[new[1]] = old[0].now.pop(old[1])
        elif call == "unlinkat":
            place = self.place(arguments, 0)
            if place:
                place[0].now.pop(place[1], None)
        elif self.is_inside(descriptor(arguments[0])):
            node = self.node(descriptor(arguments[0]))
            if call in ("write", "pwrite64"):
                node.now += text_of(arguments[1].strip('"'))
            elif call == "syncfs":
                self.root.sync_all()
            elif call in ("fsync", "fdatasync"):
                node.sync()

    def states(self):
        """What a loss of power may leave now: each a dictionary of packets, of their files."""
        data = {
            "all": lambda node: node.now,
            "synced": lambda node: node.synced,
            "torn": lambda node: node.now[: (len(node.synced) + len(node.now) + 1) // 2],
        }
        for names in ("all", "synced", "outer"):
            for content in data.values():
                top = self.root.synced if names == "synced" else self.root.now
                yield {name: self.flat(node, names == "all", content)
                       for name, node in top.items() if not name.startswith(".")}  # fmt: skip

    def flat(self, node, is_now, content, path="."):
        entries = node.now if is_now else node.synced
        files = {}
        for name, child in entries.items():
            place = path + "/" + name
            if child.is_folder:
                files.update(self.flat(child, is_now, content, place))
            else:
                files[place] = content(child)
        return files


def descriptor(argument):
    """The path of `5</path>` or of `AT_FDCWD</path>`."""
    path = argument.partition("<")[2].rpartition(">")[0]
    return text_of(path).decode() if path.startswith("\\x") else path


def calls(trace):
    """The calls of a trace with their arguments, in the order in which they ended."""
    begun = {}
    for line in trace.splitlines():
        # A short number has blanks behind it.
        thread, rest = line.split(maxsplit=1)
        if rest.endswith("<unfinished ...>"):
            begun[thread] = rest.removesuffix("<unfinished ...>").rstrip()
            continue
        resumed = re.match(r"<\.\.\. \w+ resumed>(.*)", rest)
        if resumed:
            rest = begun.pop(thread, "") + resumed[1]
        match = CALL.match(rest)
        if match and match[1] in CALLS.split(","):
            yield match[1], [part.strip() for part in match[2].split(", ")]


def replay(ground, names):
    """Runs the job, then replays it; returns how many states were looked at."""
    trial = ground.trial(sealed=False)
    trace = trial.folder / "trace"
    prefix = ["strace", "-f", "-qq", "-y", "-xx", "-s", "10000000", "-o", trace, "-e", "trace=" + CALLS]
    trial.out.mkdir()
    result = trial.disclose(prefix=prefix, names=names)
    expect(result.status == 0, "ended with %s" % result)
    wanted = {name: {file.relative_to(trial.out / name).as_posix(): file.read_bytes()
                     for file in (trial.out / name).rglob("*") if file.is_file()} for name in names}  # fmt: skip
    disk, count, published = Disk(trial.out), 0, set()
    for call, arguments in calls(trace.read_text()):
        disk.apply(call, arguments)
        for state in disk.states():
            count += 1
            for name, files in state.items():
                published.add(name)
                held = {path[2:]: data for path, data in files.items()}
                expect(held == wanted.get(name), "after %s a loss of power leaves %s broken" % (call, name))
    expect(published == set(names), "the replay published %s" % sorted(published))
    last = {name: len(files) for name, files in next(disk.states()).items()}
    expect(last == {name: len(files) for name, files in wanted.items()}, "the replay misses files")
    # After the last call, nothing that was told to be sealed may be lost.
    for state in disk.states():
        expect(set(state) == set(names), "a sealed packet is lost by a loss of power after the end")
    shutil.rmtree(trial.folder)
    return count
