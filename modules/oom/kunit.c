// SPDX-License-Identifier: GPL-2.0
/*
 * ostrace_oom_kunit.ko: the suites, for kernels with KUnit. They run when it is
 * loaded, on the functions of the loaded ostrace_oom.ko.
 */
#include <linux/module.h>

#include "compat.h"

OOM_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
MODULE_DESCRIPTION("KUnit suites of ostrace_oom");
MODULE_AUTHOR("ostrace maintainers");
MODULE_LICENSE("GPL");
