// SPDX-License-Identifier: GPL-2.0
/*
 * Runs on the machine that builds the module.
 *
 *   gen types BTF              the kernel's types, for sched.bpf.c to include
 *   gen loader OBJECT BTF      the scheduler as a header, for loader.c to include
 *
 * A module cannot bring libbpf along. What libbpf would do at run time it puts
 * into a BPF program instead (bpf_object__gen_loader): run by the kernel, that
 * program creates the maps and loads our programs, resolving kernel functions by
 * name and field offsets by CO-RE. libbpf does not do this for struct_ops, so the
 * programs are presented as tracing ones and turned into struct_ops members as
 * they are prepared. The BTF id of struct sched_ext_ops differs from kernel to
 * kernel: a marker stands in its place, and the module puts the id there.
 *
 * libbpf's program has room for the numbers of 32 programs, each function that is not
 * inlined counted as one: with more of them the kernel refuses it (-EACCES, an invalid
 * read from the stack).
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#define MAX_PROGRAMS 64
#define MARKER 0x05ce0f00u /* + number of the program */

struct program {
	const char *name;
	const char *member;  /* of struct sched_ext_ops */
	unsigned int offset; /* there */
};

static struct btf *kernel;
static const struct btf_type *ops, *value;
static struct program programs[MAX_PROGRAMS];
static unsigned int nprograms;

static int complain(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, args) : 0;
}

static int fail(const char *what, int err)
{
	fprintf(stderr, "gen: %s: %s\n", what, strerror(err < 0 ? -err : err));
	return 1;
}

static int member_of(const struct btf_type *t, const char *name, unsigned int *offset)
{
	for (int i = 0; i < btf_vlen(t); i++) {
		if (strcmp(btf__name_by_offset(kernel, btf_members(t)[i].name_off), name) != 0)
			continue;
		*offset = btf_member_bit_offset(t, (unsigned int)i) / 8;
		return i;
	}
	return -ENOENT;
}

static const struct btf_type *struct_named(const char *name)
{
	int id = btf__find_by_name_kind(kernel, name, BTF_KIND_STRUCT);

	return id < 0 ? NULL : btf__type_by_id(kernel, (unsigned int)id);
}

/* Called for each program before it is loaded. @sleepable: section scx.s/ */
static int prepare(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long sleepable)
{
	const char *member = strchr(bpf_program__section_name(prog), '/') + 1;
	struct program *p = &programs[nprograms];
	int index, err;

	if (nprograms == MAX_PROGRAMS)
		return -E2BIG;
	index = member_of(ops, member, &p->offset);
	if (index < 0) {
		fprintf(stderr, "gen: this kernel's struct sched_ext_ops has no member %s\n",
			member);
		return index;
	}
	err = bpf_program__set_type(prog, BPF_PROG_TYPE_STRUCT_OPS);
	if (err)
		return err;
	opts->expected_attach_type = (enum bpf_attach_type)index;
	opts->attach_btf_id = MARKER + nprograms;
	if (sleepable)
		opts->prog_flags |= BPF_F_SLEEPABLE;
	p->name = bpf_program__name(prog);
	p->member = member;
	nprograms++;
	return 0;
}

static void print_bytes(const char *declaration, const void *data, size_t n)
{
	const unsigned char *byte = data;

	printf("\n%s[%zu] __aligned(8) = {", declaration, n);
	for (size_t i = 0; i < n; i++)
		printf("%s0x%02x,", i % 16 ? "" : "\n\t", byte[i]);
	printf("\n};\n");
}

/* Where @marker is in the loader's data; it must be there once. */
static long find_marker(const struct gen_loader_opts *out, uint32_t marker)
{
	const char *data = out->data;
	long at = -1;

	for (size_t i = 0; i + sizeof(marker) <= out->data_sz; i += 4) {
		if (memcmp(data + i, &marker, sizeof(marker)) != 0)
			continue;
		if (at >= 0)
			return -1;
		at = (long)i;
	}
	return at;
}

static void print_maps(struct bpf_object *obj)
{
	struct bpf_map *map;
	unsigned int n = 0;

	printf("enum {\n");
	bpf_object__for_each_map(map, obj) {
		const char *name = bpf_map__name(map);

		/* internal maps: ".bss.shared", or "object.bss" */
		if (*name != '.' && strchr(name, '.'))
			name = strchr(name, '.');
		printf("\tSCHED_MAP_");
		for (name += *name == '.'; *name; name++)
			putchar(*name == '.' ? '_' : *name);
		printf(" = %u,\n", n++);
	}
	printf("};\n#define SCHED_NR_MAPS %u\n", n);
	bpf_object__for_each_map(map, obj) {
		const char *name = bpf_map__name(map);

		if (*name == '.' || strchr(name, '.'))
			continue;
		printf("#define SCHED_VALUE_SIZE_%s %u\n", name, bpf_map__value_size(map));
	}
}

static int print_programs(const struct gen_loader_opts *out)
{
	printf("#define SCHED_NR_PROGRAMS %u\n\n", nprograms);
	printf("static const struct {\n\tconst char *name;\n\tu32 ops_offset;\n"
	       "\tu32 btf_id_offset;\n} sched_programs[] = {\n");
	for (unsigned int i = 0; i < nprograms; i++) {
		long at = find_marker(out, MARKER + i);

		if (at < 0) {
			fprintf(stderr, "gen: %s: its marker is not once in the loader's data\n",
				programs[i].name);
			return 1;
		}
		printf("\t{ \"%s\", %u, %ld },\n", programs[i].member, programs[i].offset, at);
	}
	printf("};\n");
	return 0;
}

/* Where the module has to write the scheduler's name and settings. */
static int print_offsets(void)
{
	static const char *const settings[] = { "name", "timeout_ms", "flags" };
	unsigned int offset;

	if (member_of(value, "data", &offset) < 0) {
		fprintf(stderr, "gen: bpf_struct_ops_sched_ext_ops has no member data\n");
		return 1;
	}
	printf("#define SCHED_OPS_VALUE_SIZE %u\n#define SCHED_OPS_DATA %u\n", value->size, offset);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (member_of(ops, settings[i], &offset) < 0) {
			fprintf(stderr, "gen: struct sched_ext_ops has no %s\n", settings[i]);
			return 1;
		}
		printf("#define SCHED_OPS_%s %u\n", settings[i], offset);
	}
	return 0;
}

static int print_loader(const char *object)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, plain, .prog_prepare_load_fn = prepare);
	LIBBPF_OPTS(libbpf_prog_handler_opts, sleepable, .prog_prepare_load_fn = prepare,
		    .cookie = 1);
	LIBBPF_OPTS(gen_loader_opts, out);
	struct bpf_object *obj;
	int err;

	ops = struct_named("sched_ext_ops");
	value = struct_named("bpf_struct_ops_sched_ext_ops");
	if (!ops || !value)
		return fail("the kernel's BTF has no sched_ext", ENOENT);
	libbpf_register_prog_handler("scx+", BPF_PROG_TYPE_TRACING, 0, &plain);
	libbpf_register_prog_handler("scx.s+", BPF_PROG_TYPE_TRACING, 0, &sleepable);
	obj = bpf_object__open_file(object, NULL);
	if (!obj)
		return fail(object, errno);
	err = bpf_object__gen_loader(obj, &out);
	if (!err)
		err = bpf_object__load(obj);
	if (err)
		return fail("cannot generate the loader", err);

	printf("/* SPDX-License-Identifier: GPL-2.0 */\n"
	       "/* Generated by gen.c from sched.bpf.c. */\n\n");
	print_maps(obj);
	if (print_offsets() || print_programs(&out))
		return 1;
	print_bytes("static const u8 sched_loader_data", out.data, out.data_sz);
	print_bytes("static const u8 sched_loader_insns", out.insns, out.insns_sz);
	bpf_object__close(obj);
	return 0;
}

static void print_type(void *ctx, const char *format, va_list args)
{
	vprintf(format, args);
}

static int print_types(void)
{
	struct btf_dump *dump = btf_dump__new(kernel, print_type, NULL, NULL);

	if (!dump)
		return fail("cannot dump the kernel's types", errno);
	printf("#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n\n"
	       "#pragma clang attribute push (__attribute__((preserve_access_index)), "
	       "apply_to = record)\n\n");
	for (unsigned int id = 1; id < btf__type_cnt(kernel); id++) {
		int err = btf_dump__dump_type(dump, id);

		if (err)
			return fail("cannot dump the kernel's types", err);
	}
	printf("#pragma clang attribute pop\n\n#endif\n");
	btf_dump__free(dump);
	return 0;
}

int main(int argc, char **argv)
{
	bool types = argc == 3 && !strcmp(argv[1], "types");

	if (!types && !(argc == 4 && !strcmp(argv[1], "loader"))) {
		fprintf(stderr, "usage: gen types BTF | gen loader OBJECT BTF\n");
		return 2;
	}
	libbpf_set_print(complain);
	kernel = btf__parse(argv[argc - 1], NULL);
	if (!kernel)
		return fail(argv[argc - 1], errno);
	if (types ? print_types() : print_loader(argv[2]))
		return 1;
	return fflush(stdout) || ferror(stdout);
}
