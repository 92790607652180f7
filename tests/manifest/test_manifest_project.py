"""A project as a whole: layout, envelope, defaults, environments, variables, secrets and places."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.environment.secrets import Secrets
from reconciler.errors import ConfigurationError, ManifestError, Source
from reconciler.manifest.project import Project, load_project
from reconciler.manifest.secrets import SecretRef

Load = Callable[..., Project]


def mapping(name: str, spec: str = "{glossary: G}") -> str:
    return f"apiVersion: reconciler/v1\nkind: GlossaryMapping\nmetadata: {{name: {name}}}\nspec: {spec}\n"


def environment(name: str, spec: str) -> str:
    return f"apiVersion: reconciler/v1\nkind: Environment\nmetadata: {{name: {name}}}\nspec: {spec}\n"


def defaults(spec: str) -> str:
    return f"apiVersion: reconciler/v1\nkind: Defaults\nspec: {spec}\n"


def codes(project: Project) -> list[str]:
    return [finding.code for finding in project.findings]


def test_any_layout_is_read_in_the_order_of_names(load: Load) -> None:
    project = load({"b/x.yml": mapping("b"), "a.yaml": mapping("a"), "b/c/d/e.YAML": mapping("e")})
    assert project.ok
    assert [document.name for document in project.documents] == ["a", "e", "b"]
    assert project.files == ["manifests/a.yaml", "manifests/b/c/d/e.YAML", "manifests/b/x.yml"]


def test_a_document_carries_its_envelope(load: Load) -> None:
    text = mapping("a").replace("{name: a}", "{name: a, description: What it is, tags: [x, y]}")
    document = load({"a.yaml": "# comment\n\n" + text}).documents[0]
    assert (document.description, document.tags, document.line, document.index) == (
        "What it is",
        ("x", "y"),
        3,
        0,
    )
    assert document.spec.glossary == "G"
    assert document.data == {"glossary": "G"}


def test_places_with_crlf_bom_and_several_documents(load: Load) -> None:
    second = mapping("two", "\n  glossary: G\n  terms:\n    - name: a\n    - name: b\n      labels:\n        - x\n")
    text = "\ufeff" + mapping("one") + "---\n# more\n" + second
    for content in (text, text.replace("\n", "\r\n")):
        one, two = load({"a.yaml": content}).documents
        assert (one.line, one.index, two.line, two.index) == (1, 0, 7, 1)
        assert one.source() == Source("manifests/a.yaml", 1, 1)
        assert one.source(("glossary",)) == Source("manifests/a.yaml", 4, 18)
        assert two.source(("terms", 1)) == Source("manifests/a.yaml", 14, 7)
        assert two.source(("terms", 1, "labels", 0)) == Source("manifests/a.yaml", 16, 11)
        assert two.source(("terms", 1, "labels")) == Source("manifests/a.yaml", 15, 7)
        assert two.source(("terms", 1, "nothing", "below")) == two.source(("terms", 1))
        assert two.name_source == Source("manifests/a.yaml", 9, 18)


def test_aliases_and_merge_keys_keep_their_places(load: Load) -> None:
    spec = "\n  glossary: &g G\n  since: *g\n  attributes:\n    a: &a {x: 1, y: 2}\n    b: {<<: *a, y: 3}\n"
    document = load({"a.yaml": mapping("a", spec)}).documents[0]
    assert document.data["since"] == "G"
    assert document.data["attributes"] == {"a": {"x": 1, "y": 2}, "b": {"y": 3, "x": 1}}
    assert document.source(("attributes", "b", "x")).line == 8
    assert document.source(("attributes", "b", "y")).line == 9


def test_names_are_unique_in_a_kind(load: Load) -> None:
    label = mapping("a", "{name: x}").replace("GlossaryMapping", "Label")
    project = load({"a.yaml": mapping("a"), "b.yaml": "\n" + mapping("a"), "c.yaml": label})
    assert codes(project) == ["manifest.duplicate_name"]
    assert "manifests/a.yaml:3" in project.findings[0].summary
    assert "manifests/b.yaml:4" in project.findings[0].summary
    with pytest.raises(ManifestError, match="defined twice"):
        project.require_ok()


class TestFiles:
    def test_a_project_needs_manifests(self, tmp_path: Path) -> None:
        project = load_project(tmp_path, {}, environment=None, process_env={})
        assert codes(project) == ["manifest.no_folder"]
        assert not project.ok

    @pytest.mark.parametrize("name", ["a.yml~", "a.yaml.j2", "a.json", "a.yaml.bak", "notes.txt"])
    def test_what_is_not_loaded_is_said(self, name: str, load: Load) -> None:
        project = load({name: "{}"})
        assert codes(project) == ["manifest.not_loaded"]
        assert not project.ok, "what it may want would look unwanted: a plan refuses it, so validate does"

    @pytest.mark.parametrize("name", [".hidden.yaml", "README.md", ".git/x.yaml"])
    def test_hidden_files_and_readmes_are_left_alone(self, name: str, load: Load) -> None:
        project = load({name: "- not a manifest"})
        assert (project.findings, project.files) == ([], [])

    def test_links(self, load: Load, tmp_path: Path) -> None:
        load({"a.yaml": mapping("a")})
        outside = tmp_path.parent / f"{tmp_path.name}-outside.yaml"
        outside.write_text(mapping("c"))
        inside = tmp_path / "inside.yaml"
        inside.write_text(mapping("b"))
        folder = tmp_path / "manifests"
        (folder / "broken.yaml").symlink_to("nowhere.yaml")
        (folder / "inside.yaml").symlink_to(inside)
        (folder / "outside.yaml").symlink_to(outside)
        (folder / "loop.yaml").symlink_to("loop.yaml")
        (folder / "sub").symlink_to(folder)
        project = load({})
        assert {f.source.file: f.code for f in project.findings if f.source} == {
            "manifests/broken.yaml": "manifest.broken_link",
            "manifests/loop.yaml": "manifest.broken_link",
            "manifests/outside.yaml": "manifest.link_outside",
            "manifests/sub": "manifest.linked_folder",
        }
        assert [document.name for document in project.documents] == ["a", "b"]

    def test_folders_and_pipes_are_no_manifests(self, load: Load, tmp_path: Path) -> None:
        (tmp_path / "manifests" / "x.yaml").mkdir(parents=True)
        os.mkfifo(tmp_path / "manifests" / "pipe.yaml")
        assert codes(load({})) == ["manifest.not_a_file", "manifest.not_a_file"]

    def test_huge_files_are_refused_unread(self, load: Load, tmp_path: Path) -> None:
        load({})
        with open(tmp_path / "manifests" / "huge.yaml", "wb") as stream:
            stream.truncate(5 * 1024**4)
        project = load({})
        assert codes(project) == ["manifest.too_large"]
        assert "10 MB" in project.findings[0].summary

    def test_unreadable_files_are_said(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("reconciler.manifest.yaml.os.open", refuse)
        project = load({"a.yaml": mapping("a")})
        assert codes(project) == ["manifest.unreadable"]
        assert "Permission denied" in project.findings[0].summary

    def test_names_that_cannot_be_shown(self, load: Load, tmp_path: Path) -> None:
        load({})
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/manifests/\xff.yaml"))).write_text("{}")
        project = load({})
        assert codes(project) == ["manifest.file_name"]
        assert str(project.findings[0].source).isascii()


class TestDefaults:
    def test_the_nearest_folder_wins_and_lists_replace(self, load: Load) -> None:
        project = load(
            {
                "defaults.yaml": defaults(
                    "\n  GlossaryMapping:\n    glossary: Far\n    attributes: {a: 1, b: 1}\n    terms: [{name: x}]\n"
                ),
                "sub/defaults.yaml": defaults("\n  GlossaryMapping:\n    attributes: {b: 2}\n    source: purview\n"),
                "sub/deep/a.yaml": mapping("a", "{attributes: {c: 3}, terms: [{name: y}]}"),
                "b.yaml": mapping("b", ""),
            }
        )
        b, a = project.documents
        assert project.ok
        assert a.data == {
            "glossary": "Far",
            "source": "purview",
            "attributes": {"a": 1, "b": 2, "c": 3},
            "terms": [{"name": "y"}],
        }
        assert b.spec.terms[0].name == "x"
        assert a.source(("glossary",)) == Source("manifests/defaults.yaml", 5, 15)
        assert a.source(("attributes", "b")) == Source("manifests/sub/defaults.yaml", 5, 21)
        assert a.source(("terms", 0, "key")) == Source("manifests/sub/deep/a.yaml", 4, 36)

    def test_a_mistake_in_defaults_is_said_once_and_there(self, load: Load) -> None:
        files = {f"{n}.yaml": mapping(f"n{n}") for n in range(5)}
        project = load({"defaults.yaml": defaults("{GlossaryMapping: {sorce: git}}"), **files})
        assert codes(project) == ["manifest.unknown_field"]
        assert project.findings[0].source == Source("manifests/defaults.yaml", 3, 26)

    @pytest.mark.parametrize(
        ("spec", "code"),
        [
            ("{GlosaryMapping: {}}", "manifest.unknown_kind"),
            ("{Environment: {}}", "manifest.unknown_kind"),
            ("{GlossaryMapping: []}", "manifest.wrong_type"),
            ("[]", "manifest.wrong_type"),
        ],
    )
    def test_what_defaults_may_hold(self, spec: str, code: str, load: Load) -> None:
        assert codes(load({"defaults.yaml": defaults(spec)})) == [code]

    def test_one_folder_gives_a_kind_its_defaults_once(self, load: Load) -> None:
        one = defaults("{GlossaryMapping: {source: git}}")
        assert codes(load({"a.yaml": one, "b.yaml": one})) == ["manifest.duplicate_defaults"]


class TestEnvironments:
    def test_all_are_loaded_and_none_is_an_ordinary_document(self, load: Load) -> None:
        files = {f"environments/{name}.yaml": environment(name, f"{{url: {name}}}") for name in ("dev", "prod")}
        project = load({**files, "a.yaml": mapping("a")}, environment="prod")
        assert project.ok
        assert list(project.environments) == ["dev", "prod"]
        assert project.environment is project.environments["prod"]
        assert project.environment.spec.url == "prod"
        assert [document.name for document in project.documents] == ["a"]

    def test_an_unknown_one_is_named(self, load: Load) -> None:
        project = load({"environments/prod.yaml": environment("prod", "{}")}, environment="prd")
        assert codes(project) == ["environment.unknown"]
        assert project.findings[0].detail == "Did you mean `prod`?"

    def test_a_broken_one_is_not_called_unknown(self, load: Load) -> None:
        assert codes(load({"environments/dev.yaml": "a: ["}, environment="dev")) == ["manifest.yaml_syntax"]

    @pytest.mark.parametrize(
        ("file", "text", "code"),
        [
            ("environments/dev.yaml", environment("test", "{}"), "environment.name"),
            ("dev.yaml", environment("dev", "{}"), "environment.misplaced"),
            ("environments/x/dev.yaml", environment("dev", "{}"), "environment.misplaced"),
            ("environments/a.yaml", mapping("a"), "manifest.misplaced"),
        ],
    )
    def test_their_place_and_name(self, file: str, text: str, code: str, load: Load) -> None:
        assert codes(load({file: text})) == [code]


class TestVariables:
    DEV = environment("dev", '{url: "https://${var.HOST}", variables: {HOST: dev.test, N: 3, ON: true, L: [a, b]}}')

    def load_with(self, load: Load, spec: str, **process_env: str) -> Project:
        files = {"environments/dev.yaml": self.DEV, "a.yaml": mapping("a", spec)}
        return load(files, environment="dev", process_env=process_env)

    def test_a_whole_value_keeps_its_type_and_a_part_becomes_text(self, load: Load) -> None:
        spec = '{glossary: "G ${var.N} ${var.ON} $${x}", attributes: {n: "${var.N}", l: "${ var.L }", o: "$${var.N}"}}'
        project = self.load_with(load, spec)
        assert project.ok, project.findings
        assert project.documents[0].data == {
            "glossary": "G 3 true ${x}",
            "attributes": {"n": 3, "l": ["a", "b"], "o": "${var.N}"},
        }
        assert project.environment is not None
        assert project.environment.spec.url == "https://dev.test"

    def test_the_process_overrides_with_the_declared_type(self, load: Load) -> None:
        process = {"RECONCILER_VAR_N": "7", "RECONCILER_VAR_HOST": "12", "RECONCILER_VAR_NEW": "x"}
        spec = '{glossary: "${var.NEW}", attributes: {n: "${var.N}", h: "${var.HOST}"}}'
        project = self.load_with(load, spec, **process)
        assert project.documents[0].data == {"glossary": "x", "attributes": {"n": 7, "h": "12"}}
        assert codes(self.load_with(load, "{glossary: G}", RECONCILER_VAR_N="many")) == ["variable.wrong_type"]

    def test_no_other_process_variable_can_be_read(self, load: Load) -> None:
        project = self.load_with(load, '{glossary: "${var.PATH}"}', PATH="/bin", RECONCILER_TOKEN="t")
        assert codes(project) == ["variable.undefined"]

    def test_an_undefined_one_has_a_suggestion_and_causes_no_other_finding(self, load: Load) -> None:
        project = self.load_with(
            load, '{glossary: G, weight: "${var.HOTS}", terms: [{name: "${var.Q}", order: "${var.Q}"}]}'
        )
        assert codes(project) == ["variable.undefined"] * 3
        assert "Did you mean `HOST`?" in project.findings[0].detail
        assert "manifests/environments/dev.yaml" in project.findings[0].summary

    def test_none_contains_another(self, load: Load) -> None:
        text = environment("dev", '{variables: {A: "${var.B}", B: b, C: "$${x}"}}')
        project = load({"environments/dev.yaml": text}, environment="dev")
        assert codes(project) == ["variable.nested"]
        assert project.findings[0].source == Source("manifests/environments/dev.yaml", 4, 23)
        assert codes(self.load_with(load, "{glossary: G}", RECONCILER_VAR_N="${var.HOST}"))[0] == "variable.nested"

    def test_a_list_cannot_stand_inside_a_text(self, load: Load) -> None:
        assert codes(self.load_with(load, '{glossary: "a ${var.L}"}')) == ["variable.not_text"]

    def test_other_environments_may_need_what_is_not_set_now(self, load: Load) -> None:
        prod = environment("prod", '{url: "${var.PROD_HOST}", retries: "${var.PROD_RETRIES}"}')
        project = load({"environments/prod.yaml": prod, "environments/dev.yaml": self.DEV}, environment="dev")
        assert project.ok, project.findings

    def test_without_an_environment_its_variables_are_only_known(self, load: Load) -> None:
        files = {
            "environments/dev.yaml": self.DEV,
            "a.yaml": mapping("a", '{glossary: "${var.HOST}", weight: "${var.N}"}'),
        }
        assert load(files).ok
        files["a.yaml"] = mapping("a", '{glossary: "${var.NEVER}"}')
        assert codes(load(files)) == ["variable.undefined"]


class TestSecrets:
    REFERENCE = '{url: x, password: {env: CLUEDIN_PASSWORD, version: "2"}}'

    def test_a_reference_stays_a_reference(self, load: Load) -> None:
        files = {"environments/dev.yaml": environment("dev", self.REFERENCE)}
        project = load(files, environment="dev", process_env={"CLUEDIN_PASSWORD": "hunter2"})
        assert project.ok
        assert project.environment is not None
        assert project.environment.spec.password == SecretRef(env="CLUEDIN_PASSWORD", version="2")
        assert project.environment.data["password"] == {"env": "CLUEDIN_PASSWORD", "version": "2"}
        assert "hunter2" not in repr(project)

    def test_the_allow_list_counts_once_it_is_set(self, load: Load) -> None:
        files = {"environments/dev.yaml": environment("dev", self.REFERENCE)}
        assert load(files, process_env={"RECONCILER_SECRETS": "A, CLUEDIN_PASSWORD"}).ok
        project = load(files, process_env={"RECONCILER_SECRETS": "A"})
        assert codes(project) == ["secret.not_allowed"]
        assert project.findings[0].source == Source("manifests/environments/dev.yaml", 4, 26)

    def test_an_ordinary_mapping_with_the_key_env_is_no_secret(self, load: Load) -> None:
        assert load({"a.yaml": mapping("a", "{glossary: G, attributes: {env: prod, x: {env: prod}}}")}).ok

    def test_a_variable_brings_in_no_secret(self, load: Load) -> None:
        dev = environment("dev", "{variables: {S: x}}")
        files = {
            "environments/dev.yaml": dev,
            "a.yaml": mapping("a", '{glossary: G, since: {env: "${var.S}", version: "1"}}'),
        }
        assert codes(load(files, environment="dev")) == ["secret.not_allowed_here"]

    def test_resolving(self) -> None:
        reference = SecretRef(env="A")
        assert Secrets({"A": "hunter2", "RECONCILER_SECRETS": "A,B"})(reference) == "hunter2"
        for process_env, code in (
            ({"A": "x"}, "secret.not_allowed"),
            ({"A": "x", "RECONCILER_SECRETS": "B"}, "secret.not_allowed"),
            ({"RECONCILER_SECRETS": "A"}, "secret.missing"),
            ({"A": "", "RECONCILER_SECRETS": "A"}, "secret.missing"),
            ({"A": "  ", "RECONCILER_SECRETS": "A"}, "secret.malformed"),
            ({"A": "\u00a0\n", "RECONCILER_SECRETS": "A"}, "secret.malformed"),
        ):
            with pytest.raises(ConfigurationError) as caught:
                Secrets(process_env)(reference)
            assert caught.value.diagnostics[0].code == code


def test_thousands_of_documents_load(load: Load) -> None:
    terms = "\n  glossary: G\n  terms:\n" + "".join(f"    - {{name: t{n}, key: k{n}}}\n" for n in range(10))
    files = {f"{part}.yaml": "---\n".join(mapping(f"m{part}-{n}", terms) for n in range(200)) for part in range(5)}
    project = load(files)
    assert project.ok
    assert len(project.documents) == 1000
    assert project.documents[-1].source(("terms", 9, "key")).line == 200 * 18 - 2
