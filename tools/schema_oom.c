// SPDX-License-Identifier: GPL-2.0
/* The JSON Schema of kills told one by one (oom_story.c) and of `ostrace oom status`. */
#include "schema.h"

static const char *const trigger_keys[] = { "pid", "comm", "cgroup", NULL };
static const char *const victim_keys[] = { "pid", "comm", "uid", "cgroup", NULL };
static const char *const candidate_keys[] = { "pid",	       "comm",		"uid",	"cgroup",
					      "kernel_points", "oom_score_adj", "tier", "key",
					      "rule",	       "group",		"bpf",	NULL };

static void one_of(struct json *j, const char *key, const char *const *words)
{
	json_object(j, key);
	json_array(j, "enum");
	while (*words)
		json_string(j, NULL, *words++);
	json_end_array(j);
	json_end_object(j);
}

static void constant(struct json *j, const char *key, bool value)
{
	json_object(j, key);
	json_bool(j, "const", value);
	json_end_object(j);
}

static void array_of(struct json *j, const char *key, const char *type)
{
	json_object(j, key);
	json_string(j, "type", "array");
	json_object(j, "items");
	json_string(j, "type", type);
	json_end_object(j);
	json_end_object(j);
}

/* Who somebody is: the members that all of them have. */
static void who(struct json *j)
{
	schema_member(j, "pid", "integer", "of the process, in the first pid namespace");
	schema_member(j, "comm", "string", "the command name, as the process set it");
	schema_member(j, "cgroup", "string", NULL);
}

static void trigger(struct json *j)
{
	schema_object(j, "trigger", NULL, "whose allocation failed");
	who(j);
	schema_object_end(j, trigger_keys);
}

static void candidate_body(struct json *j)
{
	static const char *const tiers[] = { "protect", "normal", "prefer", NULL };

	json_object(j, "properties");
	who(j);
	schema_member(j, "uid", "integer", "real user id, in the first user namespace");
	schema_member(j, "kernel_points", "integer", "the kernel's score, pages");
	schema_member(j, "oom_score_adj", "integer", NULL);
	one_of(j, "tier", tiers);
	array_of(j, "key", "integer");
	schema_member(j, "rule", "integer", "line of the rule that decided, 0: none");
	schema_member(j, "group", "boolean", "its memory.oom.group would die with it");
	schema_member(j, "bpf", "boolean", "the BPF policy decided");
	json_end_object(j);
	schema_required(j, candidate_keys);
}

/* The best of an order; null when nobody was asked about. */
static void choice(struct json *j, const char *key, const char *help)
{
	json_object(j, key);
	json_array(j, "type");
	json_string(j, NULL, "object");
	json_string(j, NULL, "null");
	json_end_array(j);
	json_string(j, "description", help);
	candidate_body(j);
	json_end_object(j);
}

static void candidates(struct json *j)
{
	json_object(j, "candidates");
	json_string(j, "type", "array");
	json_string(j, "description",
		    "those kept in the record, whom the policy takes first, first");
	json_object(j, "items");
	json_string(j, "type", "object");
	candidate_body(j);
	json_end_object(j);
	json_end_object(j);
}

/* @module: as the module's record has them; otherwise as the tracepoint has the one. */
static void victims(struct json *j, bool module)
{
	json_object(j, "victims");
	json_string(j, "type", "array");
	json_string(j, "description", "processes marked, those of memory.oom.group included");
	schema_object(j, "items", NULL, NULL);
	who(j);
	schema_member(j, "uid", "integer", NULL);
	if (module) {
		schema_member(j, "after_ns", "integer", "since the OOM killer was called");
	} else {
		schema_member(j, "oom_score_adj", "integer", NULL);
		schema_member(j, "anon_bytes", "integer", NULL);
		schema_member(j, "file_bytes", "integer", NULL);
		schema_member(j, "shmem_bytes", "integer", NULL);
		schema_member(j, "swap_bytes", "integer", NULL);
		schema_member(j, "pgtables_bytes", "integer", NULL);
	}
	schema_object_end(j, victim_keys);
	json_end_object(j);
}

/* What became of the first victim; null: not known. */
static void after(struct json *j)
{
	schema_member_or_null(j, "pressure_percent", "number",
			      "share of the 10 s before that somebody waited for memory", false);
	schema_member_or_null(j, "freed_bytes", "integer", "its anonymous memory", false);
	schema_member_or_null(j, "gone_ms", "number", "from the mark to the end of its memory",
			      false);
	schema_member_or_null(j, "reaped_bytes", "integer", "of that, taken by the OOM reaper",
			      false);
	schema_member_or_null(j, "reaped_ms", "number", "how long the OOM reaper took", false);
	schema_member_or_null(
		j, "usage_after_bytes", "integer",
		"of the cgroup at its limit (without the module: the victim's), when the victim had gone",
		false);
	schema_member_or_null(j, "oom_kill", "integer", "in memory.events of the victim's cgroup",
			      false);
}

static void decision(struct json *j)
{
	static const char *const keys[] = { "view",	   "module",	"seq",	      "time",
					    "dry",	   "mode",	"constraint", "cgroup",
					    "limit_pages", "trigger",	"by",	      "kernel",
					    "policy",	   "victims",	"considered", "candidates",
					    "choice_ns",   "policy_ns", "missed",     NULL };
	static const char *const modes[] = { "off", "audit", "enforce", NULL };
	static const char *const constraints[] = { "global", "cpuset", "mempolicy", "memcg", NULL };

	schema_object(j, NULL, "oom, oom rank: a decision, from the module", NULL);
	schema_member_const(j, "view", "oom");
	constant(j, "module", true);
	schema_member(j, "seq", "integer", "number of the record, from 1; 0: a dry run");
	schema_member(j, "time", "number", "seconds since 1970");
	schema_member(j, "dry", "boolean", "nobody was killed: oom rank");
	schema_member_or_null(j, "bpf", "string", "the BPF policy that was asked", true);
	one_of(j, "mode", modes);
	one_of(j, "constraint", constraints);
	schema_member(j, "order", "integer", "of the allocation; -1: SysRq");
	schema_member(j, "gfp", "integer", "flags of the allocation");
	schema_member_or_null(j, "cgroup", "string", "whose limit was met", true);
	schema_member(j, "limit_pages", "integer", "of that cgroup, or all that count");
	schema_member(j, "usage_pages", "integer", NULL);
	trigger(j);
	array_of(j, "by", "string");
	choice(j, "kernel", "whom the kernel alone would have taken");
	choice(j, "policy", "whom the policy takes");
	victims(j, true);
	schema_member(j, "nvictims", "integer", "those not listed included");
	schema_member(j, "considered", "integer", "candidates, those not kept included");
	candidates(j);
	schema_member(j, "total_ns", "integer", "until the OOM killer returned");
	schema_member(j, "choice_ns", "integer", "until the last score");
	schema_member(j, "policy_ns", "integer", "of that, in the module");
	schema_member(j, "missed", "integer",
		      "calls the module could not follow, since it was loaded");
	after(j);
	schema_object_end(j, keys);
}

static void kill(struct json *j)
{
	static const char *const keys[] = { "view", "module", "time", "trigger", "victims", NULL };

	schema_object(j, NULL, "oom: a kill, without the module", NULL);
	schema_member_const(j, "view", "oom");
	constant(j, "module", false);
	schema_member(j, "time", "number", "seconds since 1970");
	trigger(j);
	victims(j, false);
	after(j);
	schema_object_end(j, keys);
}

static void status(struct json *j)
{
	static const char *const keys[] = { "mode",   "rules",	  "policy", "bpf",
					    "calls",  "kills",	  "waits",  "candidates",
					    "missed", "bypassed", NULL };

	schema_object(j, NULL, "oom status", NULL);
	schema_member(j, "mode", "string", NULL);
	schema_member(j, "rules", "integer", "in force");
	schema_member_or_null(j, "policy", "string", "the BPF policy attached", true);
	schema_member(j, "bpf", "boolean", "BPF policies can be attached");
	schema_member(j, "calls", "integer", "of the OOM killer");
	schema_member(j, "kills", "integer", "calls that killed somebody");
	schema_member(j, "waits", "integer", "calls that killed nobody");
	schema_member(j, "candidates", "integer", "scored");
	schema_member(j, "missed", "integer", "calls that could not be followed");
	schema_member(j, "bypassed", "integer", "kills that the module was not asked about");
	schema_object_end(j, keys);
}

void schema_oom(struct json *j)
{
	decision(j);
	kill(j);
	status(j);
}
