"""Fields that every platform has, and the parts of an incident that hold no field."""

from typing import Any

from .fields import SECTIONS, Choice, Field


def choices(first: int, *labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(first + i, label) for i, label in enumerate(labels))


SEVERITIES = (Choice(4, "Low"), Choice(5, "Medium"), Choice(6, "High"))
STATES = (Choice("A", "Active"), Choice("C", "Closed"))
RESOLUTIONS = choices(7, "Unresolved", "Duplicate", "Not an Issue", "Resolved")
PHASES = choices(1004, "Initial", "Engage", "Detect/Analyze", "Respond", "Post-Incident")
TYPES = (
    Choice(17, "Lost documents / files / records"), Choice(19, "Malware"), Choice(21, "DDoS"),
    Choice(22, "Phishing"), Choice(1, "System Intrusion"), Choice(24, "Lost PC", enabled=False),
)  # fmt: skip
VECTORS = choices(1, "Attrition", "E-mail", "External/Removable Media", "Impersonation",
                  "Improper Usage", "Loss or Theft of Equipment", "Other", "Web")  # fmt: skip
OWNERS = (Choice(3, "analyst@example.com"), Choice(12, "Default Group"))

BUILT_IN = {
    field.name: field
    for field in (
        Field(59, "id", "number", "ID"),
        Field(60, "name", "text", "Name", required="always"),
        Field(61, "description", "textarea", "Description"),
        Field(62, "owner_id", "select_owner", "Owner", choices=OWNERS),
        Field(63, "plan_status", "select", "Status", choices=STATES),
        Field(64, "phase_id", "select", "Phase", choices=PHASES),
        Field(65, "severity_code", "select", "Severity", choices=SEVERITIES),
        Field(66, "incident_type_ids", "multiselect", "Incident Type", choices=TYPES),
        Field(67, "nist_attack_vectors", "multiselect", "NIST Attack Vectors", choices=VECTORS),
        Field(70, "confirmed", "boolean", "Incident Disposition"),
        Field(71, "negative_pr_likely", "boolean", "Negative PR"),
        Field(72, "employee_involved", "boolean", "Was an employee involved?"),
        Field(73, "create_date", "datetimepicker", "Date Created"),
        Field(74, "discovered_date", "datetimepicker", "Date Discovered", required="always"),
        Field(75, "start_date", "datetimepicker", "Date Occurred"),
        Field(76, "due_date", "datetimepicker", "Next Due Date"),
        Field(77, "inc_last_modified_date", "datetimepicker", "Last Modified"),
        Field(78, "resolution_id", "select", "Resolution", None, "close", RESOLUTIONS),
        Field(79, "resolution_summary", "textarea", "Resolution Summary", required="close"),
        Field(80, "reporter", "text", "Reporting Individual"),
        Field(81, "city", "text", "City"),
        Field(82, "country", "select", "Country/Region"),
        Field(83, "state", "select", "State"),
        Field(90, "data_encrypted", "boolean", "Was the data encrypted?", "pii"),
        Field(91, "determined_date", "datetimepicker", "Date Determined", "pii"),
    )
}

# In every answer unless the incident says otherwise.
PERMS = ("read", "write", "comment", "assign", "close", "change_members", "attach_file",
         "read_attachments", "delete_attachments", "change_workspace", "create_artifacts")  # fmt: skip
PARTIAL = ("id", "name", "description", "plan_status", "phase_id", "severity_code", "owner_id",
           "create_date", "discovered_date", "due_date", "inc_training", "sequence_code")  # fmt: skip


def frame(org_id: int) -> dict[str, Any]:
    """What an incident holds besides the values of its fields, and null for fields without one."""
    person = {"id": 3, "fname": "Ann", "lname": "Analyst", "email": "analyst@example.com",
              "status": "A", "locked": False, "is_external": False}  # fmt: skip
    return {
        **{field.name: None for field in BUILT_IN.values() if field.prefix is None},
        "org_id": org_id, "org_handle": org_id, "creator_id": 3, "creator": person,
        "creator_principal": {"id": 3, "type": "user", "name": person["email"],
                              "display_name": "Ann Analyst"},
        "end_date": None, "inc_start": None, "sequence_code": None, "exposure_type_id": 1,
        "exposure": 0, "exposure_dept_id": None, "exposure_individual_name": None,
        "exposure_vendor_id": None, "crimestatus_id": 1, "members": [], "workspace": 1,
        "addr": None, "zip": None, "jurisdiction_name": None, "jurisdiction_reg_id": None,
        "data_compromised": None, "draft": False, "is_scenario": False, "inc_training": False,
        "hard_liability": 0, "admin_id": None, "tasks": None, "artifacts": None, "comments": None,
        "actions": [], "task_changes": {"added": [], "removed": []},
        "perms": dict.fromkeys(PERMS, True), **{section: {} for section in SECTIONS},
        "regulators": {"ids": []}, "dtm": {},
        "cm": {"unassigneds": [], "total": 0, "geo_counts": {}},
        "timer_field_summarized_incident_data": [], "assessment": None,
        "x_unknown": {"since": 52, "list": [None, True, 1.5]},
    }  # fmt: skip
