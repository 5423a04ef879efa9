// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <elfutils/libdwfl.h>
#include "array.h"
#include "idmap.h"
#include "symbols.h"

#define FILES 64 /* kept open at a time; a file descriptor or two each */
#define DEBUG_ROOT "/usr/lib/debug/.build-id"

struct function {
	GElf_Addr start, end; /* as libdwfl has put the module; end == start: size not known */
	const char *name;
	GElf_Addr value; /* in the file's own terms */
	bool global;
};

struct symbols {
	struct idmap known; /* file and offset: index in answers */
	struct symbol *answers;
	uint32_t n, cap;
	/* The files asked last. */
	struct open_file {
		bool used;
		uint32_t id;
		Dwfl *dwfl; /* NULL: it could not be opened */
		Dwfl_Module *module;
		/* Its functions by address: libdwfl itself looks at all symbols for each answer. */
		struct function *functions;
		size_t n;
	} files[FILES];
	unsigned int next; /* to be replaced */
};

/* Never asked: modules are reported with their file. */
static int find_elf(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
		    char **file, Elf **elf)
{
	return -1;
}

/*
 * By build id alone. libdwfl's own search would go on over the network, to the servers
 * in DEBUGINFOD_URLS.
 */
static int find_debuginfo(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
			  const char *file, const char *link, GElf_Word crc, char **found)
{
	char path[sizeof(DEBUG_ROOT) + 160];
	const unsigned char *id;
	GElf_Addr at;
	int n = dwfl_module_build_id(module, &id, &at), i, len;

	if (n < 2 || n > 64)
		return -1;
	len = snprintf(path, sizeof(path), DEBUG_ROOT "/%02x/", id[0]);
	for (i = 1; i < n; i++)
		len += snprintf(path + len, sizeof(path) - (size_t)len, "%02x", id[i]);
	snprintf(path + len, sizeof(path) - (size_t)len, ".debug");
	return open(path, O_RDONLY | O_CLOEXEC);
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = find_elf,
	.find_debuginfo = find_debuginfo,
	.section_address = dwfl_offline_section_address,
};

static int try_open(const char *path, uint64_t ino)
{
	/* Whatever is there now: it may be a pipe that nobody writes to. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_ino == ino)
		return fd;
	close(fd);
	return -1;
}

static int open_file_of(const struct symbol_file *f)
{
	char path[4200];
	int fd;

	if (!f->path)
		return -1;
	/* We may not be allowed to look there; then it may be the same for us. */
	snprintf(path, sizeof(path), "/proc/%u/root%s", f->pid, f->path);
	fd = try_open(path, f->ino);
	if (fd < 0)
		fd = try_open(f->path, f->ino);
	return fd < 0 && f->whole ? try_open(f->whole, f->ino) : fd;
}

static void forget(struct open_file *o)
{
	if (o->dwfl)
		dwfl_end(o->dwfl);
	free(o->functions);
	memset(o, 0, sizeof(*o));
}

static int by_start(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	/* Of several names the one that others use, and one with a size, comes last. */
	if ((x->end > x->start) != (y->end > y->start))
		return x->end > x->start ? 1 : -1;
	if (x->global != y->global)
		return x->global ? 1 : -1;
	return strcmp(y->name, x->name);
}

/* Functions of the module, sorted; those of separate debug files are among them. */
static int list_functions(struct open_file *o)
{
	int n = dwfl_module_getsymtab(o->module), i;

	if (n <= 0)
		return 0;
	o->functions = calloc((size_t)n, sizeof(*o->functions));
	if (!o->functions)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		struct function *f = &o->functions[o->n];
		GElf_Sym sym;
		GElf_Word section;
		int type;

		f->name = dwfl_module_getsym_info(o->module, i, &sym, &f->start, &section, NULL,
						  NULL);
		type = GELF_ST_TYPE(sym.st_info);
		if (!f->name || !*f->name || section == SHN_UNDEF || section == SHN_ABS ||
		    (type != STT_FUNC && type != STT_GNU_IFUNC))
			continue;
		f->end = f->start + sym.st_size;
		f->value = sym.st_value;
		f->global = GELF_ST_BIND(sym.st_info) != STB_LOCAL;
		o->n++;
	}
	qsort(o->functions, o->n, sizeof(*o->functions), by_start);
	return 0;
}

/* The last function that begins at @addr or before it, if that is still in it. */
static const struct function *function_at(const struct open_file *o, GElf_Addr addr)
{
	const struct function *f;
	size_t low = 0, high = o->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (o->functions[mid].start <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return NULL;
	f = &o->functions[low - 1];
	return addr < f->end || f->end == f->start ? f : NULL;
}

static int load(struct open_file *o, const struct symbol_file *f)
{
	int fd = open_file_of(f);

	o->used = true;
	o->id = f->id;
	if (fd < 0)
		return 0;
	o->dwfl = dwfl_begin(&callbacks);
	if (o->dwfl) {
		dwfl_report_begin(o->dwfl);
		o->module = dwfl_report_offline(o->dwfl, f->path, f->path, fd);
		dwfl_report_end(o->dwfl, NULL, NULL);
	}
	if (o->module)
		return list_functions(o);
	close(fd); /* who reports it owns the descriptor, else we do */
	if (o->dwfl)
		dwfl_end(o->dwfl);
	o->dwfl = NULL;
	return 0;
}

static int file_of(struct symbols *s, const struct symbol_file *f, struct open_file **out)
{
	int i;

	for (i = 0; i < FILES; i++)
		if (s->files[i].used && s->files[i].id == f->id) {
			*out = &s->files[i];
			return 0;
		}
	*out = &s->files[s->next++ % FILES];
	forget(*out);
	return load(*out, f);
}

/* An offset in the file as an address where libdwfl has put the module. */
static bool address_of(Dwfl_Module *module, uint64_t offset, GElf_Addr *addr)
{
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(module, &bias);
	size_t n, i;

	if (!elf || elf_getphdrnum(elf, &n))
		return false;
	for (i = 0; i < n; i++) {
		GElf_Phdr ph;

		if (!gelf_getphdr(elf, (int)i, &ph) || ph.p_type != PT_LOAD)
			continue;
		if (offset >= ph.p_offset && offset - ph.p_offset < ph.p_filesz) {
			*addr = offset - ph.p_offset + ph.p_vaddr + bias;
			return true;
		}
	}
	return false;
}

static int look_up(struct symbols *s, const struct symbol_file *f, uint64_t offset,
		   struct symbol *out)
{
	const struct function *fn;
	struct open_file *o;
	GElf_Addr addr;
	int err;

	*out = (struct symbol){};
	err = file_of(s, f, &o);
	if (err)
		return err;
	if (!o->module || !address_of(o->module, offset, &addr))
		return 0;
	fn = function_at(o, addr);
	if (!fn)
		return 0;
	out->name = strdup(fn->name);
	out->start = fn->value;
	out->into = addr - fn->start;
	return out->name ? 0 : -ENOMEM;
}

int symbols_open(struct symbols **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void symbols_close(struct symbols *s)
{
	uint32_t i;

	if (!s)
		return;
	for (i = 0; i < FILES; i++)
		forget(&s->files[i]);
	for (i = 0; i < s->n; i++)
		free((char *)s->answers[i].name);
	free(s->answers);
	idmap_free(&s->known);
	free(s);
}

int symbols_known(const struct symbols *s, uint32_t id, uint64_t offset, struct symbol *out)
{
	uint32_t i = idmap_get(&s->known, id, offset);

	if (i == IDMAP_NONE)
		return -EAGAIN;
	*out = s->answers[i];
	return out->name ? 0 : -ENOENT;
}

int symbols_at(struct symbols *s, const struct symbol_file *f, uint64_t offset, struct symbol *out)
{
	int err = symbols_known(s, f->id, offset, out);

	if (err != -EAGAIN)
		return err;
	if (array_room(&s->answers, s->n, &s->cap))
		return -ENOMEM;
	err = look_up(s, f, offset, out);
	if (err)
		return err;
	s->answers[s->n] = *out;
	if (idmap_put(&s->known, f->id, offset, s->n++))
		return -ENOMEM;
	return out->name ? 0 : -ENOENT;
}
