package main

import rego.v1

some_rules := {
	"production": ["prod"],
	"label_for_removals": "allow-removals",
	"most_changes": 2,
	"personal": ["PII"],
	"masked_exports": ["masked_v1"],
}

plan(environment, changes) := {"format_version": "1.0", "environment": environment, "changes": changes}

removal := {"action": "delete", "type": "term", "address": "purview.term:G/A", "approvals": [], "disruptive": false}

export(name) := {
	"action": "create",
	"type": "stream_export",
	"address": sprintf("cluedin.stream_export:%s", [name]),
	"approvals": ["PII"],
	"disruptive": false,
}

test_a_plan_without_changes_passes if {
	count(deny) == 0 with input as plan("prod", []) with data.policy as some_rules
}

test_a_removal_in_production_needs_the_label if {
	count(deny) == 1 with input as plan("prod", [removal]) with data.policy as some_rules
	count(deny) == 0 with input as plan("test", [removal]) with data.policy as some_rules
	count(deny) == 0 with input as plan("prod", [removal])
		with data.policy as some_rules
		with data.pull_request as {"labels": ["allow-removals"]}
}

test_personal_data_goes_where_it_is_masked if {
	count(deny) == 1 with input as plan("test", [export("open_v1")]) with data.policy as some_rules
	count(deny) == 0 with input as plan("test", [export("masked_v1")]) with data.policy as some_rules
}

test_many_changes_are_refused_and_conflicts_do_not_count if {
	conflict := object.union(removal, {"action": "conflict"})
	three := [removal, removal, object.union(removal, {"address": "purview.term:G/B"})]
	count(deny) == 1 with input as plan("test", three) with data.policy as some_rules
	count(deny) == 1 with input as plan("test", [removal, removal, conflict]) with data.policy as some_rules
}

test_without_rules_or_without_a_plan_nothing_passes if {
	count(deny) == count(needs) with input as plan("test", [])
	count(deny) == 1 with input as {"format_version": "2.0"} with data.policy as some_rules
	count(deny) == 1 with input as plan("test", [])
		with data.policy as object.union(some_rules, {"most_changes": "many"})
	count(deny) == 1 with input as {} with data.policy as some_rules
}

test_a_name_cannot_act if {
	shown("a\n::error::b\u202e") == "a : :error: :b "
}
