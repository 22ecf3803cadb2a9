"""Runs the steps of CI files as their services do, as far as those files need it."""

import os
import re
import subprocess


class Context:
    """The values of expressions: inputs, github, runner, and the outputs of earlier steps."""

    def __init__(self, **values):
        self.values = values

    def lookup(self, path):
        value = self.values
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return "" if value is None else value

    def text(self, template):
        """A text in which `${{ path }}` is replaced."""
        replaced = re.sub(r"\$\{\{\s*([\w.-]+)\s*\}\}", lambda found: str(self.lookup(found[1])), str(template))
        assert "${{" not in replaced, f"an expression that this runner does not know: {template}"
        return replaced

    def holds(self, condition):
        """Whether a condition of comparisons with texts, joined by &&, holds."""
        comparisons = [part.strip() for part in condition.split("&&")]
        return all(self._compares(comparison) for comparison in comparisons)

    def _compares(self, comparison):
        found = re.fullmatch(r"([\w.-]+) (==|!=) ('([^']*)'|true)", comparison)
        assert found, f"a condition that this runner does not know: {comparison}"
        wanted = True if found[3] == "true" else found[4]
        return (self.lookup(found[1]) == wanted) == (found[2] == "==")


def bash(script, folder, environment):
    """Runs a script as GitHub runs `shell: bash`."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )


def environment(path, **variables):
    """What a step sees: little of this machine."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PATH": path, **variables}
