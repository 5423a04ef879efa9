// SPDX-License-Identifier: GPL-2.0
/* ostrace_sched_kunit.ko: the suites of what needs no sched_ext, for kernels with KUnit. */
#include <linux/module.h>

MODULE_DESCRIPTION("KUnit suites of ostrace_sched");
MODULE_AUTHOR("The ostrace developers");
MODULE_LICENSE("GPL");
