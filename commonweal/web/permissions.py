"""Who may call the addresses of the frame: the front door, sign-in, colours and jobs' progress."""

from commonweal.base.access import ANY_STAFF, PUBLIC, STAFF, Rule

_BOTH = ("GET", "POST")
OPEN = "Anyone may read this."
SIGN_IN = "Anyone may sign in, and manage their own sign-in."
INVITED = "Anyone may open an invitation's link; it is accepted by sending the form, by the person it is for."

RULES = (
    Rule("home", PUBLIC, OPEN),
    Rule("colour", PUBLIC, OPEN),
    Rule(
        "file",
        PUBLIC,
        "Whoever was given a file's address in the last minute may take it, while they may open evidence.",
    ),
    Rule("job", STAFF, "Anyone with a role in the body may see how far its jobs are.", ANY_STAFF),
    Rule("job_progress", STAFF, "Anyone with a role in the body may see how far its jobs are.", ANY_STAFF),
    Rule("account_invitation", PUBLIC, INVITED, methods=_BOTH),
    Rule("openid_connect_callback", PUBLIC, SIGN_IN, writes_on_get=True),
    *(
        Rule(route, PUBLIC, SIGN_IN, methods=_BOTH)
        for route in (
            "account_login",
            "account_logout",
            "account_reauthenticate",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key",
            "account_reset_password_from_key_done",
            "account_change_password",
            "account_inactive",
            "mfa_index",
            "mfa_authenticate",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_generate_recovery_codes",
            "mfa_view_recovery_codes",
            "mfa_download_recovery_codes",
            "openid_connect_login",
            "socialaccount_login_cancelled",
            "socialaccount_login_error",
        )
    ),
)
