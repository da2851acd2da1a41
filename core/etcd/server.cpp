#include "core/etcd/server.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace pilothouse::etcd {
namespace {

bool compares(Compare::Result wanted, int order) {
  switch (wanted) {
    case Compare::Result::Equal:
      return order == 0;
    case Compare::Result::NotEqual:
      return order != 0;
    case Compare::Result::Greater:
      return order > 0;
    case Compare::Result::Less:
      return order < 0;
  }
  return false;
}

int order(std::uint64_t a, std::uint64_t b) { return a < b ? -1 : a > b ? 1 : 0; }

}  // namespace

Error Server::checkOperations(const std::vector<Operation>& operations) {
  if (operations.size() > kMaxTxnOps) return Error::TooManyOps;
  std::vector<std::string_view> puts;
  for (const Operation& op : operations) {
    if (op.key.asString().empty()) return Error::EmptyKey;
    if (op.type != Operation::Type::Put || operations.size() == 1) continue;
    if (std::find(puts.begin(), puts.end(), op.key.asString()) != puts.end()) return Error::DuplicateKey;
    puts.push_back(op.key.asString());
  }
  return Error::None;
}

Error Server::check(const Request& request) const {
  if (request.compares.size() > kMaxTxnOps) return Error::TooManyOps;
  for (const Compare& compare : request.compares) {
    if (compare.key.asString().empty()) return Error::EmptyKey;
  }
  if (const Error error = checkOperations(request.success); error != Error::None) return error;
  return checkOperations(request.failure);
}

// A transaction happens whole or not at all: what can fail is looked at before anything is written.
Error Server::checkBranch(const std::vector<Operation>& operations) const {
  for (const Operation& op : operations) {
    if (op.type == Operation::Type::Put && op.lease != 0 && lessor_.find(op.lease) == nullptr) {
      return Error::LeaseNotFound;
    }
    if (op.type != Operation::Type::Range) continue;
    if (op.revision > store_.revision()) return Error::FutureRevision;
    if (op.revision > 0 && op.revision < store_.compactRevision()) return Error::Compacted;
  }
  return Error::None;
}

bool Server::holds(const Compare& compare) const {
  const KeyRecord* record = store_.find(compare.key.asString());
  switch (compare.target) {
    case Compare::Target::Version:
      return compares(compare.result, order(record == nullptr ? 0 : record->version, compare.number));
    case Compare::Target::CreateRevision:
      return compares(compare.result, order(record == nullptr ? 0 : record->createRevision, compare.number));
    case Compare::Target::ModRevision:
      return compares(compare.result, order(record == nullptr ? 0 : record->modRevision, compare.number));
    case Compare::Target::Lease:
      return compares(compare.result, order(record == nullptr ? 0 : record->lease, compare.number));
    case Compare::Target::Value:
      break;
  }
  if (record == nullptr) return false;  // as applyCompare: a missing key has no value to compare
  if (record->value == compare.value) return compares(compare.result, 0);
  return compares(compare.result, record->value.asString() < compare.value.asString() ? -1 : 1);
}

void Server::run(const Operation& operation, MvccStore::Write& write, OperationResponse& response) {
  switch (operation.type) {
    case Operation::Type::Range:
      store_.range(operation, response);
      return;
    case Operation::Type::Put: {
      const KeyRecord* before = store_.find(operation.key.asString());
      const bool attached = before != nullptr && before->lease == operation.lease;
      const Value value =
          operation.stamp == nullptr ? operation.value : operation.stamp(operation.value, write.revision());
      response.kvs.push_back(write.put(operation.key, value, operation.lease));
      response.count = 1;
      if (operation.lease != 0 && !attached) lessor_.attach(operation.lease, operation.key);
      return;
    }
    case Operation::Type::DeleteRange:
      response.kvs = write.deleteRange({operation.key.toString(), operation.rangeEnd.toString()});
      response.count = static_cast<std::int64_t>(response.kvs.size());
      return;
  }
}

void Server::txn(const Request& request, Response& response, std::vector<Event>& events) {
  response.error = check(request);
  if (!response.ok()) return;
  response.succeeded = std::all_of(request.compares.begin(), request.compares.end(),
                                   [this](const Compare& c) { return holds(c); });
  const std::vector<Operation>& branch = response.succeeded ? request.success : request.failure;
  response.error = checkBranch(branch);
  if (!response.ok()) return;
  MvccStore::Write write(store_, events);
  response.operations.resize(branch.size());
  for (std::size_t i = 0; i < branch.size(); ++i) run(branch[i], write, response.operations[i]);
}

void Server::grant(const Request& request, SimTime now, Response& response) {
  LeaseId id = request.lease;
  while (id == 0 || (request.lease == 0 && lessor_.find(id) != nullptr)) id = nextLease_++;
  response.error = lessor_.grant(id, request.ttl, now);
  if (!response.ok()) return;
  response.lease = id;
  response.ttl = lessor_.find(id)->ttl;
}

// One revision deletes all keys of the lease, in key order.
void Server::revoke(LeaseId id, Response& response, std::vector<Event>& events) {
  if (lessor_.find(id) == nullptr) {
    response.error = Error::LeaseNotFound;
    return;
  }
  std::vector<Value> keys = lessor_.revoke(id);
  std::sort(keys.begin(), keys.end(),
            [](const Value& a, const Value& b) { return a.asString() < b.asString(); });
  MvccStore::Write write(store_, events);
  for (const Value& key : keys) {
    const KeyRecord* record = store_.find(key.asString());
    if (record != nullptr && record->lease == id) write.deleteRange(KeyRange::single(key.asString()));
  }
}

Response Server::apply(const Request& request, SimTime now, std::vector<Event>& events) {
  Response response;
  switch (request.type) {
    case Request::Type::Txn:
      txn(request, response, events);
      break;
    case Request::Type::Compact:
      response.error = store_.compact(request.revision);
      break;
    case Request::Type::LeaseGrant:
      grant(request, now, response);
      break;
    case Request::Type::LeaseRevoke:
      revoke(request.lease, response, events);
      break;
    case Request::Type::LeaseKeepAlive:
      response.error = lessor_.keepAlive(request.lease, now);
      if (response.ok()) {
        response.lease = request.lease;
        response.ttl = lessor_.find(request.lease)->ttl;
      }
      break;
    case Request::Type::MemberList:
    case Request::Type::Status:
    case Request::Type::Snapshot:
      break;  // the member's to answer
  }
  response.revision = store_.revision();
  return response;
}

}  // namespace pilothouse::etcd
