// SPDX-License-Identifier: GPL-2.0
/*
 * ostrace_irq_kunit.ko: the suites, for kernels with KUnit. They run when it is
 * loaded, on the functions of the loaded ostrace_irq.ko.
 */
#include <linux/module.h>

#include "compat.h"

OIRQ_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
MODULE_DESCRIPTION("KUnit suites of ostrace_irq");
MODULE_AUTHOR("The ostrace developers");
MODULE_LICENSE("GPL");
