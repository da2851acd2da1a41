#pragma once

/// Requests a CPU second through ApiServer::handle, as a user sends them: get, list of 500, create, patch,
/// and one change told to 1,000 watchers. One JSON line each.
void benchRequests();
