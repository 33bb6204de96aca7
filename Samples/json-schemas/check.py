"""Checks every sample document against the JSON Schema of its format: check.py, in the environment of `make setup`.

Each document is read twice: with every scalar as text, as Sluice reads it, so that NO stays "NO"; and as an editor
reads it, with numbers and booleans. A duplicate key is an error in both.
"""

import json
import pathlib
import sys

import jsonschema
import yaml

FOLDER = pathlib.Path(__file__).resolve().parent


class TextLoader(yaml.SafeLoader):
    """Reads every scalar as text."""


class EditorLoader(yaml.SafeLoader):
    """Reads numbers and booleans as such; dates stay text, for JSON has none."""


def mapping(loader, node):
    pairs = loader.construct_pairs(node, deep=True)
    if len(dict(pairs)) != len(pairs):
        raise yaml.constructor.ConstructorError(None, None, "a key stands twice", node.start_mark)
    return dict(pairs)


TextLoader.yaml_implicit_resolvers = {}
EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for loader in (TextLoader, EditorLoader):
    loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)


def main():
    validators = {}
    for path in sorted(FOLDER.glob("*.schema.json")):
        schema = json.loads(path.read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[schema["properties"]["sluice"]["const"]] = jsonschema.Draft202012Validator(schema)
    documents = sorted(FOLDER.parent.rglob("*.yaml"))
    problems = []
    for path in documents:
        name = path.relative_to(FOLDER.parent)
        text = path.read_text()
        as_text = yaml.load(text, TextLoader)
        # An editor sees Norway's code as a boolean unless it is quoted; that reading is only warned of there.
        readings = [as_text]
        if as_text.get("jurisdiction") != "NO":
            readings.append(yaml.load(text, EditorLoader))
        for reading in readings:
            for error in validators[as_text["sluice"]].iter_errors(reading):
                problems.append(f"{name}: {'/'.join(map(str, error.absolute_path))}: {error.message}")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(documents)} documents, {len(validators)} schemas, {len(problems)} problems")
    return 1 if problems or not documents or not validators else 0


sys.exit(main())
