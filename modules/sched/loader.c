// SPDX-License-Identifier: GPL-2.0
/*
 * The loader: does from inside the kernel what a user-space loader of a sched_ext
 * scheduler does, through kern_sys_bpf(), which takes bpf(2)'s commands.
 *
 * The commands hand out file descriptors, so for the time of loading there are
 * about 35 in the file table of the task that loads (insmod, or the shared one
 * of kernel threads). All are closed before we return: from then on references to
 * the link and to a few maps are all that holds the scheduler, and the end of that
 * task changes nothing.
 *
 * sched_loader.h is generated, see gen.c: a BPF program that creates the maps and
 * loads the scheduler's programs, and where to put what is only known here.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init_task.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include "loader.h"
#include "sched_loader.h"

/* Exported for BPF light skeletons and declared nowhere. */
int kern_sys_bpf(int cmd, union bpf_attr *attr, unsigned int size);
MODULE_IMPORT_NS("BPF_INTERNAL");

static_assert(SCHED_VALUE_SIZE_cpus == sizeof(struct sched_cpu));
static_assert(SCHED_VALUE_SIZE_llcs == sizeof(struct sched_llc));
static_assert(sizeof(struct sched_cpu) % 8 == 0 && sizeof(struct sched_llc) % 8 == 0);

#define LOG_SIZE (1 << 20)
#define LOG_LINES 24

/* What the loader program is called with: tools/lib/bpf/skel_internal.h has the layout. */
struct loader_args {
	u32 size;
	u32 flags;
	u32 log_level;
	u32 log_size;
	u64 log_buf;
	struct {
		int fd;		   /* set by the program */
		u32 max_entries;   /* 0: as in the source */
		u64 initial_value; /* 0: as in the source */
	} map[SCHED_NR_MAPS];
	struct {
		int fd;
	} program[SCHED_NR_PROGRAMS];
};

#define LOADER_FLAG_KERNEL 1 /* pointers are the kernel's */

/* One attempt to load; on the stack of nobody but scheduler_load(). */
struct attempt {
	const struct sched_settings *settings;
	const char *doing; /* the step, for messages */
	u32 step;
	union bpf_attr attr;
	struct loader_args args;
	struct sched_config config;
	u8 *data;		      /* the loader's, BTF ids filled in */
	u8 ops[SCHED_OPS_VALUE_SIZE]; /* value of the struct_ops map */
	u32 ops_id, value_id;	      /* BTF ids of this kernel */
	int data_fd, loader_fd, btf_fd, ops_fd, link_fd;
	int reserved_fd;
	unsigned long log; /* in the address space of the task */
};

/* Begin a step: name it for messages, and let tests make it fail. */
static int step(struct attempt *a, const char *doing)
{
	a->doing = doing;
	memset(&a->attr, 0, sizeof(a->attr));
	if (++a->step != a->settings->fail_step)
		return 0;
	pr_info("test: step %u (%s) is made to fail\n", a->step, doing);
	return -EIO;
}

#define bpf(cmd, a, last) kern_sys_bpf(cmd, &(a)->attr, offsetofend(union bpf_attr, last))

static void close_if_open(int *fd)
{
	if (*fd > 0)
		close_fd(*fd);
	*fd = -1;
}

static int find_types(struct attempt *a)
{
	/* The references stay: btf_put() is not exported, and this BTF is never freed. */
	struct btf *btf;
	int err = step(a, "find sched_ext in the kernel's BTF");
	int i;

	if (err)
		return err;
	err = bpf_find_btf_id("sched_ext_ops", BTF_KIND_STRUCT, &btf);
	if (err < 0)
		return err;
	a->ops_id = err;
	err = bpf_find_btf_id("bpf_struct_ops_sched_ext_ops", BTF_KIND_STRUCT, &btf);
	if (err < 0)
		return err;
	a->value_id = err;
	for (i = 0; i < SCHED_NR_PROGRAMS; i++)
		memcpy(a->data + sched_programs[i].btf_id_offset, &a->ops_id, sizeof(u32));
	return 0;
}

static int create_loader(struct attempt *a)
{
	int key = 0, err;

	err = step(a, "create the loader's data map");
	if (err)
		return err;
	a->attr.map_type = BPF_MAP_TYPE_ARRAY;
	a->attr.key_size = sizeof(key);
	a->attr.value_size = sizeof(sched_loader_data);
	a->attr.max_entries = 1;
	strscpy(a->attr.map_name, "__loader.map");
	a->data_fd = bpf(BPF_MAP_CREATE, a, map_extra);
	if (a->data_fd < 0)
		return a->data_fd;

	err = step(a, "fill the loader's data map");
	if (err)
		return err;
	a->attr.map_fd = a->data_fd;
	a->attr.key = (unsigned long)&key;
	a->attr.value = (unsigned long)a->data;
	err = bpf(BPF_MAP_UPDATE_ELEM, a, flags);
	if (err < 0)
		return err;

	err = step(a, "load the loader program");
	if (err)
		return err;
	a->attr.prog_type = BPF_PROG_TYPE_SYSCALL;
	a->attr.insns = (unsigned long)sched_loader_insns;
	a->attr.insn_cnt = sizeof(sched_loader_insns) / sizeof(struct bpf_insn);
	a->attr.license = (unsigned long)"Dual BSD/GPL";
	strscpy(a->attr.prog_name, "__loader.prog");
	a->attr.fd_array = (unsigned long)&a->data_fd;
	a->attr.prog_flags = BPF_F_SLEEPABLE;
	a->attr.log_level = a->args.log_level;
	a->attr.log_size = a->args.log_size;
	a->attr.log_buf = a->args.log_buf;
	a->loader_fd = bpf(BPF_PROG_LOAD, a, fd_array);
	return a->loader_fd < 0 ? a->loader_fd : 0;
}

/* On success all maps and programs have a file descriptor in args; on failure none. */
static int run_loader(struct attempt *a)
{
	int err = step(a, "load the scheduler's programs");

	if (err)
		return err;
	a->attr.test.prog_fd = a->loader_fd;
	a->attr.test.ctx_in = (unsigned long)&a->args;
	a->attr.test.ctx_size_in = sizeof(a->args);
	err = bpf(BPF_PROG_TEST_RUN, a, test);
	return err < 0 ? err : (int)a->attr.test.retval;
}

static void prepare_args(struct attempt *a)
{
	const struct sched_settings *settings = a->settings;

	a->config = (struct sched_config){
		.nr_cpus = nr_cpu_ids,
		.nr_cgroups = settings->nr_cgroups,
		.interrupt_mask = NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET,
		.fail_init = settings->fail_init,
		.stall_pid = settings->stall_pid,
	};
	a->args.size = sizeof(a->args);
	a->args.flags = LOADER_FLAG_KERNEL;
	a->args.map[SCHED_MAP_cpus].max_entries = nr_cpu_ids;
	a->args.map[SCHED_MAP_llcs].max_entries = nr_cpu_ids;
	a->args.map[SCHED_MAP_cgroups].max_entries = settings->nr_cgroups;
	a->args.map[SCHED_MAP_rodata_conf].initial_value = (unsigned long)&a->config;
}

/* The end of the verifier's log, which is where it says what it did not like. */
static void print_log(const struct attempt *a)
{
	char *log = kvzalloc(LOG_SIZE, GFP_KERNEL), *line, *at;
	int lines = 0;
	long n;

	if (!log)
		return;
	n = strncpy_from_user(log, (const char __user *)a->log, LOG_SIZE - 1);
	if (n > 0) {
		for (at = log + n; at > log && lines <= LOG_LINES; at--)
			lines += at[-1] == '\n';
		while ((line = strsep(&at, "\n")))
			if (*line)
				pr_err("verifier: %s\n", line);
	}
	kvfree(log);
}

static int load_programs(struct attempt *a)
{
	u32 first = a->step;
	int err = create_loader(a), again;

	if (!err)
		err = run_loader(a);
	/* ENOTSUPP: without the JIT, which the verifier's log says. */
	if (err != -EINVAL && err != -EACCES && err != -E2BIG && err != -EPERM && err != -ENOTSUPP)
		return err;
	/*
	 * The verifier refused, perhaps: again, with its log, which it writes to
	 * user memory only. There is none when a kernel thread loads.
	 */
	if (!current->mm)
		return err;
	a->log = vm_mmap(NULL, 0, LOG_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(a->log)) {
		a->log = 0;
		return err;
	}
	a->args.log_level = 1;
	a->args.log_size = LOG_SIZE;
	a->args.log_buf = a->log;
	close_if_open(&a->loader_fd);
	close_if_open(&a->data_fd);
	a->step = first;
	again = create_loader(a);
	if (!again)
		again = run_loader(a);
	if (!again)
		return 0;
	print_log(a);
	return err; /* a log that is full would make it -ENOSPC */
}

/* The struct_ops map: a table of the programs, with name and settings. */
static int create_ops(struct attempt *a)
{
	/* It insists on BTF of the program's. The smallest there is: void *. */
	static const struct {
		struct btf_header header;
		struct btf_type type;
		char strings[1];
	} __packed btf = {
		.header = {
			.magic = BTF_MAGIC,
			.version = BTF_VERSION,
			.hdr_len = sizeof(struct btf_header),
			.type_len = sizeof(struct btf_type),
			.str_off = sizeof(struct btf_type),
			.str_len = 1,
		},
		.type = { .info = BTF_KIND_PTR << 24 },
	};
	u8 *ops = a->ops + SCHED_OPS_DATA;
	int key = 0, err, i;

	err = step(a, "load the BTF of the struct_ops map");
	if (err)
		return err;
	a->attr.btf = (unsigned long)&btf;
	a->attr.btf_size = sizeof(btf);
	a->btf_fd = bpf(BPF_BTF_LOAD, a, btf_log_level);
	if (a->btf_fd < 0)
		return a->btf_fd;

	err = step(a, "create the struct_ops map");
	if (err)
		return err;
	a->attr.map_type = BPF_MAP_TYPE_STRUCT_OPS;
	a->attr.key_size = sizeof(key);
	a->attr.value_size = sizeof(a->ops);
	a->attr.max_entries = 1;
	a->attr.map_flags = BPF_F_LINK;
	strscpy(a->attr.map_name, "ostrace_ops");
	a->attr.btf_vmlinux_value_type_id = a->value_id;
	a->attr.btf_fd = a->btf_fd;
	a->ops_fd = bpf(BPF_MAP_CREATE, a, map_extra);
	if (a->ops_fd < 0)
		return a->ops_fd;

	err = step(a, "fill the struct_ops map");
	if (err)
		return err;
	for (i = 0; i < SCHED_NR_PROGRAMS; i++)
		*(unsigned long *)(ops + sched_programs[i].ops_offset) = a->args.program[i].fd;
	*(u32 *)(ops + SCHED_OPS_timeout_ms) = a->settings->timeout_ms;
	strscpy((char *)ops + SCHED_OPS_name, SCHED_OPS_NAME, sizeof(SCHED_OPS_NAME));
	a->attr.map_fd = a->ops_fd;
	a->attr.key = (unsigned long)&key;
	a->attr.value = (unsigned long)a->ops;
	return bpf(BPF_MAP_UPDATE_ELEM, a, flags);
}

/* A reference to a map that the loader created. */
static int get_map(struct attempt *a, int index, struct bpf_map **map)
{
	struct bpf_map *m = bpf_map_get(a->args.map[index].fd);

	if (IS_ERR(m))
		return PTR_ERR(m);
	*map = m;
	return 0;
}

static void *array_memory(struct bpf_map *map)
{
	return container_of(map, struct bpf_array, map)->value;
}

/* Keep the maps that the module reads and writes, and say there what it knows. */
static int prepare_maps(struct attempt *a, struct scheduler *s)
{
	u32 nr_llcs;
	int err = step(a, "take hold of the maps");

	if (!err)
		err = get_map(a, SCHED_MAP_bss_shared, &s->shared_map);
	if (!err)
		err = get_map(a, SCHED_MAP_cpus, &s->cpus_map);
	if (!err)
		err = get_map(a, SCHED_MAP_llcs, &s->llcs_map);
	if (!err)
		err = get_map(a, SCHED_MAP_process_overrides, &s->process_overrides);
	if (!err)
		err = get_map(a, SCHED_MAP_cgroup_overrides, &s->cgroup_overrides);
	if (err)
		return err;
	s->shared = array_memory(s->shared_map);
	s->cpus = array_memory(s->cpus_map);
	s->llcs = array_memory(s->llcs_map);
	s->nr_cpus = nr_cpu_ids;
	s->shared->slice_ns = a->settings->slice_ns;
	s->shared->bound_ns = a->settings->bound_ns;
	s->shared->generation = 1;
	nr_llcs = topology_domains(s->cpus, s->nr_cpus, a->settings->domains);
	s->shared->nr_llcs = nr_llcs;
	return 0;
}

/* Who has the machine: sched_ext does not tell, but its sysfs file does. */
static void name_incumbent(char *name, size_t n)
{
	struct file *file = filp_open("/sys/kernel/sched_ext/root/ops", O_RDONLY, 0);
	ssize_t got = -1;
	loff_t pos = 0;

	strscpy(name, "its name cannot be read", n);
	if (IS_ERR(file))
		return;
	got = kernel_read(file, name, n - 1, &pos);
	if (got > 0)
		name[got] = '\0';
	strim(name);
	filp_close(file, NULL);
}

static int attach(struct attempt *a, struct scheduler *s)
{
	char incumbent[128];
	struct bpf_link *link;
	int err = step(a, "start the scheduler");

	if (err)
		return err;
	a->attr.link_create.map_fd = a->ops_fd;
	a->attr.link_create.attach_type = BPF_STRUCT_OPS;
	a->link_fd = bpf(BPF_LINK_CREATE, a, link_create);
	if (a->link_fd == -EBUSY) {
		name_incumbent(incumbent, sizeof(incumbent));
		pr_err("another scheduler is active: %s\n", incumbent);
	}
	if (a->link_fd == -EINVAL)
		pr_err("sched_ext refuses; isolcpus= on the kernel's command line is one cause\n");
	if (a->link_fd < 0)
		return a->link_fd;
	link = bpf_link_get_from_fd(a->link_fd);
	if (IS_ERR(link))
		return PTR_ERR(link);
	s->link = link;

	/* A scheduler that cannot start is ejected, and its link none the worse. */
	err = step(a, "see the scheduler run");
	if (err)
		return err;
	/* Pairs with the atomic that ops.exit ends with: the rest of it is there. */
	if (smp_load_acquire(&s->shared->exit.done)) {
		pr_err("it was ejected at once: %s (%s)\n", s->shared->exit.reason,
		       s->shared->exit.message);
		return s->shared->exit.code < 0 && s->shared->exit.code >= -MAX_ERRNO ?
			       (int)s->shared->exit.code :
			       -EINVAL;
	}
	return 0;
}

static void put_map(struct bpf_map **map)
{
	if (*map)
		bpf_map_put(*map);
	*map = NULL;
}

void scheduler_unload(struct scheduler *s)
{
	if (s->link) {
		/* Returns when no task is ours any more; a mere put would not wait. */
		s->link->ops->detach(s->link);
		bpf_link_put(s->link);
	}
	put_map(&s->cgroup_overrides);
	put_map(&s->process_overrides);
	put_map(&s->llcs_map);
	put_map(&s->cpus_map);
	put_map(&s->shared_map);
	memset(s, 0, sizeof(*s));
}

static void close_all(struct attempt *a)
{
	int i;

	close_if_open(&a->link_fd);
	close_if_open(&a->ops_fd);
	close_if_open(&a->btf_fd);
	for (i = 0; i < SCHED_NR_PROGRAMS; i++)
		close_if_open(&a->args.program[i].fd);
	for (i = 0; i < SCHED_NR_MAPS; i++)
		close_if_open(&a->args.map[i].fd);
	close_if_open(&a->loader_fd);
	close_if_open(&a->data_fd);
	if (a->reserved_fd == 0)
		put_unused_fd(0);
	if (a->log)
		vm_munmap(a->log, LOG_SIZE);
}

static int attempt_load(struct attempt *a, struct scheduler *s)
{
	int err;

	/* In struct_ops 0 is "no program": it must not become the number of one. */
	a->reserved_fd = get_unused_fd_flags(O_CLOEXEC);
	if (a->reserved_fd < 0)
		return a->reserved_fd;
	if (a->reserved_fd > 0)
		put_unused_fd(a->reserved_fd);

	prepare_args(a);
	err = find_types(a);
	if (!err)
		err = load_programs(a);
	if (!err)
		err = create_ops(a);
	if (!err)
		err = prepare_maps(a, s);
	if (!err)
		err = attach(a, s);
	return err;
}

int scheduler_load(struct scheduler *s, const struct sched_settings *settings)
{
	const struct cred *old;
	struct attempt *a;
	struct cred *cred;
	int err = -ENOMEM;

	memset(s, 0, sizeof(*s));
	a = kvzalloc_obj(*a);
	if (!a)
		return -ENOMEM;
	a->settings = settings;
	a->doing = "begin";
	a->data_fd = a->loader_fd = a->btf_fd = a->ops_fd = a->link_fd = -1;
	a->data = kvmemdup(sched_loader_data, sizeof(sched_loader_data), GFP_KERNEL);
	if (!a->data)
		goto out_free;

	/* Who may load a module need not have CAP_BPF: systemd-modules-load has not. */
	cred = prepare_kernel_cred(&init_task);
	if (!cred)
		goto out_free;
	old = override_creds(cred);

	err = attempt_load(a, s);
	if (err) {
		pr_err("cannot %s: %pe\n", a->doing, ERR_PTR(err));
		scheduler_unload(s);
	} else {
		s->started = ktime_get_ns();
	}
	close_all(a);

	revert_creds(old);
	put_cred(cred);
out_free:
	kvfree(a->data);
	kvfree(a);
	return err;
}
