#!/usr/bin/env python3
"""The KTAP reader against recorded and damaged logs; TAP on stdout."""
import os
import unittest

import ktap

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "samples")

SUITE = """\
KTAP version 1
1..1
    KTAP version 1
    # Subtest: s
    1..2
    ok 1 a
    ok 2 b
ok 1 s
""".splitlines()


def parse(text):
    return ktap.parse(text.splitlines() if isinstance(text, str) else text)


def sample(name):
    with open(os.path.join(SAMPLES, name), encoding="utf-8") as f:
        return ktap.parse(f)


def results(parser):
    return [(name, case.status) for test in parser.tests for name, case in ktap.cases(test)]


def tap(parser, *expected):
    """The report: lines that are ok, and those that are not."""
    lines = [line for line in ktap.report(parser, expected) if not line.startswith(("#", "1.."))]
    return ([line for line in lines if line.startswith("ok")],
            [line for line in lines if line.startswith("not ok")])


class Good(unittest.TestCase):
    def test_a_log_of_three_loads(self):
        log = sample("good.log")
        self.assertEqual(log.errors, [])
        self.assertEqual(results(log), [
            ("first_suite: plain_case", "ok"),
            ("first_suite: skipping_case", "skipped"),
            ("first_suite: case_with_parameters: small", "ok"),
            ("first_suite: case_with_parameters: large value 7", "ok"),
            ("second_suite: only_case", "ok"),
            ("third_suite: only_case", "ok")])
        good, bad = tap(log, "first_suite", "second_suite", "third_suite")
        self.assertEqual((len(good), bad), (6, []))
        self.assertIn("# SKIP needs a second CPU", good[1])

    def test_messages_in_between_are_no_results(self):
        lines = SUITE[:6] + ["ok, said a driver", "[    1.0] usb: not ok", "  ok 9 odd indentation"] + SUITE[6:]
        log = parse(lines)
        self.assertEqual((log.errors, results(log)), ([], [("s: a", "ok"), ("s: b", "ok")]))

    def test_prefixes_of_the_log(self):
        for prefix in ("[    1.234567] ", "<6>[   12.000001] ", "[    3.1][   T12] ", "[    3.1][    C0] "):
            log = parse([prefix + line for line in SUITE])
            self.assertEqual((log.errors, len(results(log))), ([], 2), prefix)

    def test_a_dash_before_the_name(self):
        log = parse([line.replace("ok 1 a", "ok 1 - a") for line in SUITE])
        self.assertEqual(results(log)[0], ("s: a", "ok"))

    def test_a_kernel_without_suites_of_its_own(self):
        log = parse("KTAP version 1\n1..0\nthe kernel goes on\n" + "\n".join(SUITE))
        self.assertEqual((log.errors, len(results(log))), ([], 2))

    def test_a_suite_that_is_skipped(self):
        log = parse("KTAP version 1\n1..1\nok 1 s # SKIP no such device")
        self.assertEqual((log.errors, results(log)), ([], [("s", "skipped")]))


class Failing(unittest.TestCase):
    def test_a_failing_case_with_what_it_said(self):
        log = sample("failing.log")
        self.assertEqual(log.errors, [])
        self.assertEqual(results(log), [("a_suite: wrong_case", "failed"), ("a_suite: right_case", "ok")])
        self.assertTrue(any("EXPECTATION FAILED" in line for line in ktap.report(log, [])))

    def test_a_failing_parameter(self):
        log = parse("KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: s\n    1..1\n"
                    "        KTAP version 1\n        # Subtest: c\n        ok 1 x\n        not ok 2 y\n"
                    "    not ok 1 c\nnot ok 1 s")
        self.assertEqual(results(log), [("s: c: x", "ok"), ("s: c: y", "failed")])

    def test_a_suite_that_fails_by_itself(self):
        log = parse([line.replace("ok 1 s", "not ok 1 s") for line in SUITE])
        self.assertIn(("s", "failed"), results(log))

    def test_time_out_and_error_are_failures(self):
        for directive in ("TIMEOUT", "ERROR"):
            log = parse([line.replace("ok 1 a", f"ok 1 a # {directive}") for line in SUITE[:-1]] + ["not ok 1 s"])
            self.assertIn(("s: a", "failed"), results(log))

    def test_a_missing_suite(self):
        good, bad = tap(parse(SUITE), "s", "another")
        self.assertEqual((len(good), len(bad)), (2, 1))
        self.assertIn("another: the suite ran", bad[0])

    def test_an_empty_log(self):
        self.assertEqual(len(tap(parse("Linux version 7.3\n"))[1]), 1)


class Broken(unittest.TestCase):
    def broken(self, lines, what):
        log = parse(lines)
        self.assertTrue(any(what in error for error in log.errors), log.errors)
        self.assertTrue(tap(log)[1])

    def test_the_kernel_dies_in_a_case(self):
        log = sample("crashed.log")
        self.assertEqual(results(log), [("dying_suite", "crashed"), ("dying_suite: first_case", "ok")])
        self.assertTrue(any("the log ends" in error for error in log.errors))
        self.assertTrue(any("NULL pointer" in line for line in ktap.report(log, [])))

    def test_the_next_module_is_loaded_over_it(self):
        log = sample("crashed-then-on.log")
        self.assertIn(("dying_suite", "crashed"), results(log))
        self.assertIn(("next_suite: only_case", "ok"), results(log))
        self.assertTrue(log.errors)

    def test_every_line_matters(self):
        # Whichever line of a good log is lost, somebody says so.
        for i, line in enumerate(SUITE):
            if "Subtest" in line:  # the result has the name, too
                continue
            log = parse(SUITE[:i] + SUITE[i + 1:])
            self.assertTrue(log.errors or not log.tests, f"without '{line}'")

    def test_fewer_than_planned(self):
        self.broken([line for line in SUITE if "ok 2 b" not in line], "planned 2, ran 1")

    def test_more_than_planned(self):
        self.broken(SUITE[:7] + ["    ok 3 c"] + SUITE[7:], "planned 2, ran 3")

    def test_out_of_order(self):
        self.broken([line.replace("ok 2 b", "ok 3 b") for line in SUITE], "numbered 1 3")

    def test_ok_above_failure(self):
        self.broken([line.replace("ok 1 a", "not ok 1 a") for line in SUITE], "although a subtest is not")

    def test_subtests_of_another(self):
        self.broken([line.replace("Subtest: s", "Subtest: t") for line in SUITE], "those of t")

    def test_two_plans(self):
        self.broken(SUITE[:5] + ["    1..2"] + SUITE[5:], "second plan")


class Sources(unittest.TestCase):
    def test_suites_are_found_in_sources(self):
        path = os.path.join(SAMPLES, "suites.c")
        self.assertEqual(ktap.suites_of([path]), ["first", "second", "third"])

    def test_a_suite_without_a_name_is_noticed(self):
        path = os.path.join(SAMPLES, "nameless.c")
        self.assertEqual(ktap.suites_of([path]), [f"{path}: elsewhere"])


class Tap(unittest.TextTestResult):
    """One line for each test."""
    count = 0

    def _say(self, test, good, detail=""):
        Tap.count += 1
        print(f"{'ok' if good else 'not ok'} {Tap.count} - {test.id().partition('.')[2]}")
        for line in detail.splitlines():
            print("# " + line)

    def addSuccess(self, test):
        self._say(test, True)

    def addFailure(self, test, err):
        self._say(test, False, self._exc_info_to_string(err, test))

    addError = addFailure


if __name__ == "__main__":
    with open(os.devnull, "w", encoding="utf-8") as quiet:
        unittest.main(testRunner=unittest.TextTestRunner(stream=quiet, resultclass=Tap), exit=False)
    print(f"1..{Tap.count}")
