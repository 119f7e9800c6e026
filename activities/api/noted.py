"""What is noted of a request on its way, under these names of its WSGI environ, for whoever logs and counts it."""

# The pattern that its path fits, which holds no id.
ROUTE = "activities.route"
# A Caller, once its token was found good.
CALLER = "activities.caller"
CORRELATION_ID = "activities.correlation_id"
# The list of the named statements that it ran: it is still filled when it is noted.
RUNS = "activities.runs"
# Of a refusal or failure, the slug of its type.
PROBLEM = "activities.problem"
