"""Asks the platform's own key stores: `python -m resml.key_store`, for the command res-ml.

Reads from standard input, in JSON, the section's name, perhaps `pam_type`, and values in which
names stand ("^NAME", "^{NAME}"; in the platform's container also protected secrets, "$NAME").
Writes the values with the names replaced; a name that is not found stays. The platform's package
`resilient` does it, so names mean here what they mean to the platform's other integrations.
"""

import json
import logging
import sys
from typing import TextIO

NOT_INSTALLED = "it needs the platform's packages: install this program with [soar]"


def replace_names(section: str, pam_type: str | None, values: dict[str, str]) -> dict[str, str]:
    from resilient import app_config, constants, helpers

    secrets = app_config.AppConfigManager.protected_secrets_manager
    # In the container no key store is meant unless one is named.
    in_container = helpers.is_running_in_app_host(constants.ENV_VAR_APP_HOST_CONTAINER)
    default = None if in_container else constants.PAM_DEFAULT_PAM_TYPE
    name = helpers.get_pam_type_name({constants.PAM_TYPE_CONFIG: pam_type or default}, secrets)
    manager = app_config.AppConfigManager(
        dict(values),
        pam_plugin_type=helpers.load_pam_plugin(name) if name else None,
        key="_" if section == "resilient" else section,
    )
    return {key: manager[key] for key in values}


def answer(question: str) -> dict[str, object]:
    asked = json.loads(question)
    try:
        values = replace_names(asked["section"], asked.get("pam_type"), asked["values"])
    except ImportError:
        return {"error": NOT_INSTALLED}
    except Exception as error:  # a key store of any kind; its text names no secret that it has
        return {"error": f"{type(error).__name__}: {error}"}
    return {"values": {key: value for key, value in values.items() if isinstance(value, str)}}


def main(source: TextIO, target: TextIO) -> None:
    logging.disable()  # the platform's packages log what they ask for
    target.write(json.dumps(answer(source.read())))


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
