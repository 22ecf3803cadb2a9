"""A repository with a policy and logs, and a change of the policy, as the tests of the CI files need it."""

import pathlib
import shutil
import subprocess

RULE = """\
rule:
  id: key-created
  title: An access key was created
  category: abuse
  severity: high
  on: event
  description: A new key outlives the session that made it.
  remediation: Ask who needs the key, and delete it otherwise.
  when: |
    event.name == "iam.CreateAccessKey" && event.ok == true{more}
  message: "${{event.user}} called ${{event.name}}"
  by: [event.account, event.user]
  tests:
    - name: a key
      event: {{ provider: aws, service: iam, api: CreateAccessKey, ok: true, method: {method} }}
      expect: match
    - name: a refused call
      event: {{ provider: aws, service: iam, api: CreateAccessKey, ok: false }}
      expect: none
"""


def git(folder, *arguments):
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]
    ran = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return ran.stdout.strip()


def create(folder, examples):
    """Makes the repository, and returns the revision before its change."""
    folder = pathlib.Path(folder)
    (folder / "rules").mkdir(parents=True)
    (folder / "keytrail.yaml").write_text("extends: []\nrule_paths: [rules]\n")
    (folder / "rules" / "key-created.yaml").write_text(RULE.format(more="", method="api"))
    shutil.copytree(examples / "cloudtrail", folder / "logs of today")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "Policy")
    base = git(folder, "rev-parse", "HEAD")
    narrower = '\n      && event.method == "console"'
    (folder / "rules" / "key-created.yaml").write_text(RULE.format(more=narrower, method="console"))
    git(folder, "commit", "--quiet", "--all", "--message", "Narrow the rule")
    return base
