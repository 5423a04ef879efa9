#!/usr/bin/env python3
"""Reads KTAP, the kernel's test format, out of a kernel log.

    ktap.py LOG SUITE...     say as TAP how every case did; each SUITE must be there

A log is messages of the whole kernel, with the tests' lines among them:

    [    1.5] KTAP version 1
    [    1.5] 1..1
    [    1.5]     KTAP version 1
    [    1.5]     # Subtest: a_suite
    [    1.5]     1..2
    [    1.5]     ok 1 first_case
    [    1.6]     ok 2 second_case # SKIP not on this machine
    [    1.6] ok 1 a_suite

Documents nest by indentation, and the result of a test follows the document of
its subtests. Whatever does not fit is an error: a plan that is not kept, a
result that contradicts its subtests, a document that ends with the log, since
then the kernel died in it.
"""
import re
import sys
from dataclasses import dataclass, field

PREFIX = re.compile(r"^(?:<\d+>)?(?:\[ *\d+\.\d+\] ?(?:\[ *[CT]\d+\] ?)?)?")
VERSION = re.compile(r"^K?TAP version \d+$")
PLAN = re.compile(r"^1\.\.(\d+)(?:\s+#.*)?$")
SUBTEST = re.compile(r"^# Subtest: (.+)$")
RESULT = re.compile(r"^(not )?ok (\d+)(?:\s+-)?\s+(.*?)(?:\s+#\s*(SKIP|TODO|XFAIL|TIMEOUT|ERROR)\b:?\s*(.*))?$")
INDENT = 4


@dataclass
class Test:
    """One result line with what came before it."""
    name: str
    status: str  # "ok", "failed", "skipped" or "crashed": it never ended
    why: str = ""
    subtests: list = field(default_factory=list)
    notes: list = field(default_factory=list)  # diagnostics, and messages meanwhile


@dataclass
class Document:
    """What stands between a version line and the result it belongs to."""
    depth: int
    name: str = ""
    plan: int | None = None
    numbers: list = field(default_factory=list)
    tests: list = field(default_factory=list)
    notes: list = field(default_factory=list)


class Parser:
    """Fed line by line; tests and errors grow as documents end."""

    def __init__(self):
        self.tests = []   # outermost, of all documents of the log
        self.errors = []
        self.open = []    # documents, each inside the one before

    def feed(self, line):
        text = PREFIX.sub("", line.rstrip("\n"), count=1)
        body = text.lstrip(" ")
        depth, rest = divmod(len(text) - len(body), INDENT)
        if VERSION.match(body) and not rest:
            self._begin(depth)
        elif self.open:
            self._inside(depth if not rest else None, body, text)
        # Outside a document nothing is a test's.

    def end(self):
        """The log is over: what is still open, the kernel did not survive."""
        while self.open:
            self._unfinished("the log ends")
        return self

    # ------------------------------------------------------------ documents

    def _begin(self, depth):
        # One of the same depth would have ended with its result, one level up.
        while self.open and self.open[-1].depth >= depth:
            self._unfinished("another test starts")
        if depth > (self.open[-1].depth + 1 if self.open else 0):
            self.errors.append(f"a document at depth {depth} inside none")
        self.open.append(Document(depth))

    @staticmethod
    def _complete(doc):
        return doc.plan is not None and len(doc.tests) >= doc.plan

    def _inside(self, depth, body, text):
        doc = self.open[-1]
        plan, subtest, result = PLAN.match(body), SUBTEST.match(body), RESULT.match(body)
        if result and depth in range(doc.depth + 1):
            self._result(depth, result)
        elif depth is None:
            doc.notes.append(text)
            return
        elif plan and depth == doc.depth:
            if doc.plan is not None:
                self.errors.append(f"{self._where()}: a second plan")
            doc.plan = int(plan[1])
            if doc.depth == 0 and doc.plan == 0:  # a kernel without suites of its own
                self._close(self.open.pop())
        elif subtest and depth == doc.depth:
            doc.name = subtest[1]
        elif result and depth == doc.depth + 1:
            self.errors.append(f"{self._where()}: a result that no document starts: {body}")
        else:
            doc.notes.append(text)
            return
        if self.open and self.open[-1].depth == 0 and self._complete(self.open[-1]):
            self._close(self.open.pop())

    def _result(self, depth, match):
        """A result ends the document one deeper, if there is one, and counts here."""
        inner = None
        while self.open and self.open[-1].depth > depth:
            if self.open[-1].depth == depth + 1:
                inner = self.open.pop()
            else:
                self._unfinished("its parent ends")
        if not self.open or self.open[-1].depth != depth:
            self.errors.append(f"a result at depth {depth} outside any document: {match[0].strip()}")
            return
        doc = self.open[-1]
        name, directive = match[3], match[4]
        status = "failed" if match[1] or directive in ("TIMEOUT", "ERROR") else "ok"
        if directive == "SKIP":
            status = "skipped"
        test = Test(name, status, match[5] or directive or "")
        if inner:
            self._close(inner)
            test.subtests, test.notes = inner.tests, inner.notes
            if inner.name and inner.name != name:
                self.errors.append(f"{name}: its subtests are those of {inner.name}")
            if status == "ok" and any(map(bad, inner.tests)):
                self.errors.append(f"{name}: ok, although a subtest is not")
        else:
            test.notes, doc.notes = doc.notes, []
        doc.numbers.append(int(match[2]))
        doc.tests.append(test)

    def _close(self, doc):
        name = doc.name or "the log"
        count = len(doc.tests)
        # A case with parameters does not always know how many there are.
        if doc.plan is None and doc.depth < 2:
            self.errors.append(f"{name}: no plan")
        elif doc.plan is not None and doc.plan != count:
            self.errors.append(f"{name}: planned {doc.plan}, ran {count}")
        # Suites are numbered on from module to module.
        first = doc.numbers[0] if doc.numbers and doc.depth == 0 else 1
        if doc.numbers != list(range(first, first + count)):
            self.errors.append(f"{name}: numbered {' '.join(map(str, doc.numbers))}")
        if doc.depth == 0:
            self.tests += doc.tests

    def _unfinished(self, when):
        """The innermost document has no result: its test crashed."""
        self.errors.append(f"{self._where()}: {when} before it does")
        doc = self.open.pop()
        if doc.depth == 0:
            self.tests += doc.tests
        else:
            crashed = Test(doc.name or "?", "crashed", "never ended", doc.tests, doc.notes)
            if self.open:
                self.open[-1].tests.append(crashed)
                self.open[-1].numbers.append(len(self.open[-1].numbers) + 1)
            else:
                self.tests.append(crashed)

    def _where(self):
        return " / ".join(d.name for d in self.open if d.name) or "the outermost document"


def parse(lines):
    """The Parser after all of LINES: .tests, and .errors that make them moot."""
    parser = Parser()
    for line in lines:
        parser.feed(line)
    return parser.end()


def bad(test):
    """Did it, or anything in it, fail?"""
    return test.status in ("failed", "crashed") or any(map(bad, test.subtests))


def cases(test, path=""):
    """(name, test) for all that has no subtests, and what fails although they do not."""
    path = f"{path}: {test.name}" if path else test.name
    if not test.subtests or test.status == "crashed" or bad(test) and not any(map(bad, test.subtests)):
        yield path, test
    for sub in test.subtests:
        yield from cases(sub, path)


def suites_of(sources):
    """The names of the KUnit suites that C files register, sorted."""
    names = set()
    for path in sources:
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for registered in re.findall(r"\bkunit_test_suites?\(([^)]*)\)", text):
            for variable in re.findall(r"\w+", registered):
                m = re.search(rf"struct kunit_suite {variable} = {{[^;]*?\.name = \"([^\"]+)\"", text)
                # A suite whose name is not found here will be missed in the log.
                names.add(m[1] if m else f"{path}: {variable}")
    return sorted(names)


def report(parser, expected):
    """TAP, line by line: a line for each case, each suite that is to be there, each error."""
    n = 0

    def say(good, name, note=""):
        nonlocal n
        n += 1
        return f"{'ok' if good else 'not ok'} {n} - {name}{note}"

    for suite in parser.tests:
        for name, test in cases(suite):
            if test.status == "skipped":
                yield say(True, name, f" # SKIP {test.why or 'no reason given'}")
                continue
            yield say(test.status == "ok", name, " (never ended)" if test.status == "crashed" else "")
            if test.status != "ok":
                yield from (f"#   {note.strip()}" for note in test.notes[-60:])
    there = {t.name for t in parser.tests}
    for name in expected:
        if name not in there:
            yield say(False, f"{name}: the suite ran")
    for error in parser.errors:
        yield say(False, f"KTAP: {error}")
    if not n:
        yield say(False, "the log has tests")
    yield f"1..{n}"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8", errors="replace") as f:
        parser = parse(f)
    print("\n".join(report(parser, sys.argv[2:])))


if __name__ == "__main__":
    main()
