# What a plan of reconciler has to keep to: `conftest test --policy policies --data policies/rules.yaml plan.json`.
package main

import rego.v1

needs := {
	"production": "array",
	"label_for_removals": "string",
	"most_changes": "number",
	"personal": "array",
	"masked_exports": "array",
}

does_nothing := {"conflict", "blocked", "pending", "drift"}

removes := {"delete", "retire", "replace"}

sends := {"create", "update", "replace", "rename", "adopt"}

default rules := {}

rules := data.policy

default labels := []

labels := data.pull_request.labels

# A rule that has nothing to go by would pass in silence.
deny contains message if {
	some name, kind in needs
	type_name(object.get(rules, name, null)) != kind
	message := sprintf("the rules have no %s for %s: give them with --data policies/rules.yaml", [kind, name])
}

deny contains message if {
	not is_a_plan
	message := "this is no plan of format 1: make it with `reconciler plan --format json`"
}

is_a_plan if {
	startswith(input.format_version, "1.")
	is_array(input.changes)
	is_string(input.environment)
}

deny contains message if {
	some change in input.changes
	change.action == "conflict"
	message := sprintf("a conflict has to be settled first: %s", [told(change)])
}

deny contains message if {
	changing := [change | some change in input.changes; not change.action in does_nothing]
	count(changing) > rules.most_changes
	message := sprintf("%d changes are more than %d: split them", [count(changing), rules.most_changes])
}

deny contains message if {
	input.environment in rules.production
	not rules.label_for_removals in labels
	some change in input.changes
	change.action in removes
	message := sprintf(
		"a removal in %s needs the label %s on the pull request: %s",
		[input.environment, rules.label_for_removals, told(change)],
	)
}

deny contains message if {
	some change in input.changes
	change.type == "stream_export"
	change.action in sends
	some label in change.approvals
	label in rules.personal
	name := substring(change.address, count("cluedin.stream_export:"), -1)
	not name in rules.masked_exports
	message := sprintf("the export %s carries %s, and nothing masks it: %s", [shown(name), label, told(change)])
}

warn contains message if {
	some change in input.changes
	change.disruptive
	message := sprintf("this has effects beyond what it writes: %s", [told(change)])
}

# The sentence of a change, else what is done to what.
told(change) := shown(change.sentence) if change.sentence

told(change) := shown(sprintf("%s %s", [change.action, change.address])) if not change.sentence

# On one line and without anything that acts, so that a name in a plan cannot become a command of the runner.
shown(text) := replace(regex.replace(text, `[\x00-\x1f\x7f-\x9f\x{2028}\x{2029}\x{202a}-\x{202e}]`, " "), "::", ": :")
