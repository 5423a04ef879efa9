// SPDX-License-Identifier: GPL-2.0
/* ostrace_sched.ko for a kernel it cannot schedule: says so. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kconfig.h>
#include <linux/module.h>

static int __init sched_stub_init(void)
{
	if (IS_ENABLED(CONFIG_SCHED_CLASS_EXT))
		pr_err("this kernel's sched_ext is older than 7.3\n");
	else
		pr_err("this kernel is built without sched_ext (CONFIG_SCHED_CLASS_EXT)\n");
	return -EOPNOTSUPP;
}
module_init(sched_stub_init);

MODULE_DESCRIPTION("ostrace scheduler: not supported by this kernel");
MODULE_LICENSE("GPL");
