#!/usr/bin/env python3
"""Medians with 95 % confidence intervals of what guest.sh printed, and the ratio
to the kernel's own scheduler. The intervals are bootstrapped: no distribution is
assumed, and latencies have none that is nice."""
import random
import statistics
import sys

NAMES = {"wake": ("p50 ms", "p99 ms", "max ms"), "requests": ("p50 ms", "p99 ms", "max ms"),
         "messaging": ("s",), "hackbench": ("s",), "pipe": ("s",), "compile": ("s",),
         "mix": ("work/s", "exchanges/s", "children/s"),
         "stress": ("cpu/s", "pipe/s", "futex/s", "fork/s", "vm/s", "mean/s")}
ROUNDS = 2000


def interval(values, of=statistics.median):
    draws = sorted(of(random.choices(values, k=len(values))) for _ in range(ROUNDS))
    return draws[int(0.025 * ROUNDS)], draws[int(0.975 * ROUNDS)]


def ratio_interval(values, base):
    draws = sorted(statistics.median(random.choices(values, k=len(values))) /
                   max(statistics.median(random.choices(base, k=len(base))), 1e-12)
                   for _ in range(ROUNDS))
    return draws[int(0.025 * ROUNDS)], draws[int(0.975 * ROUNDS)]


def main():
    random.seed(1)
    seen = {}
    for line in sys.stdin:
        words = line.split()
        if len(words) < 3 or words[1] not in NAMES:
            if line.strip():
                print(line.rstrip(), file=sys.stderr)
            continue
        values = [float(w) for w in words[2:]]
        if words[1] in ("wake", "requests"):
            values = [v / 1e6 for v in values[1:]]  # the first is their number
        for name, value in zip(NAMES[words[1]], values):
            seen.setdefault((words[1], name), {}).setdefault(words[0], []).append(value)
    print(f"{'workload':<22}{'scheduler':<10}{'n':>4}{'median':>11}  {'95 % interval':<22}"
          f"{'/ eevdf':>8}  interval")
    for (workload, name), by in seen.items():
        base = by.get("eevdf")
        for scheduler, values in by.items():
            low, high = interval(values)
            line = (f"{workload + ' ' + name:<22}{scheduler:<10}{len(values):>4}"
                    f"{statistics.median(values):>11.3f}  {f'{low:.3f} .. {high:.3f}':<22}")
            if base and scheduler != "eevdf" and statistics.median(base):
                rlow, rhigh = ratio_interval(values, base)
                ratio = statistics.median(values) / statistics.median(base)
                line += f"{ratio:>8.2f}  {rlow:.2f} .. {rhigh:.2f}"
            print(line)


main()
