"""The HTTP API: routes, their parameters and answers, access, problems.  ``functions/serve_api`` is its one user."""
