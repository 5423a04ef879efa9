// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer over the OOM rules: any text gives a set or an error with a line,
 * and a set judges any candidate. Seeds: tests/fuzz/oom_rules/.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "../../modules/oom/rules.h"

bool oom_in_cgroup(const struct oom_rule *r, const struct oom_facts *f)
{
	return f->where && strlen(r->path) < OSTRACE_OOM_PATH;
}

bool oom_over_cgroup(const struct oom_rule *r, const struct oom_facts *f)
{
	return !f->where && r->level > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct oom_rules set;
	struct oom_rules_error err = { 0, NULL };
	struct oom_facts f = { .points = (__s64)size, .where = size & 1 ? data : NULL };
	struct oom_place place;
	struct oom_key k;
	unsigned int i, line;

	if (oom_rules_parse((const char *)data, size, &set, &err)) {
		if (!err.what || !err.line)
			abort();
		return 0;
	}
	memcpy(f.comm, data, size < sizeof(f.comm) - 1 ? size : sizeof(f.comm) - 1);
	oom_rules_place(&set, &f, &place);
	line = oom_rules_judge(&set, &place, &f, &k);
	if (set.nrules > OSTRACE_OOM_RULES || set.norder > OSTRACE_OOM_KEYS)
		abort();
	for (i = 0; i < set.nrules; i++) {
		const struct oom_rule *r = &set.rule[i];

		if (!r->conditions || r->level > OOM_CGROUP_DEPTH ||
		    r->comm_len >= OSTRACE_OOM_COMM || r->uid_min > r->uid_max ||
		    r->adj_min > r->adj_max)
			abort();
	}
	if (line > size + 1 || k.tier < OSTRACE_OOM_TIER_PROTECT ||
	    k.tier > OSTRACE_OOM_TIER_PREFER)
		abort();
	return 0;
}
