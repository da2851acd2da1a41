// Three clouds: how they name, address and delay things.
#include "core/cloud_controller_manager/flavor.hpp"

namespace pilothouse::cloud_controller_manager {
namespace {

using namespace std::chrono_literals;

const Key kAddress = Key::intern("address");
const Key kType = Key::intern("type");

// A stand-in for an id that a cloud gives: made from the machine's name.
std::uint64_t hashOf(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return (hash ^ (hash >> 31)) * 0x9e3779b97f4a7c15ULL;
}

std::string hex(std::uint64_t number, std::size_t digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(digits, '0');
  for (std::size_t i = digits; i-- > 0; number >>= 4) text[i] = kDigits[number & 15];
  return text;
}

std::string dashed(std::string_view address) {
  std::string text(address);
  for (char& c : text) {
    if (c == '.') c = '-';
  }
  return text;
}

std::string inRange(std::string_view prefix, std::size_t number) {
  return std::string(prefix) + std::to_string(number / 250 % 250) + "." + std::to_string(number % 250 + 4);
}

// Amazon: instances have internal and external names too; a balancer is a name that resolves to one address
// a zone, and takes its time until it does.
Value awsAddresses(const Instance& instance) {
  const std::string privateName = "ip-" + dashed(instance.privateAddress) + ".ec2.internal";
  const std::string publicName = "ec2-" + dashed(instance.publicAddress) + ".compute-1.amazonaws.com";
  return Value::array({nodeAddress("InternalIP", instance.privateAddress),
                       nodeAddress("ExternalIP", instance.publicAddress),
                       nodeAddress("InternalDNS", privateName), nodeAddress("Hostname", privateName),
                       nodeAddress("ExternalDNS", publicName)});
}
std::string awsInstance(std::string_view node) { return "i-0" + hex(hashOf(node), 16); }
std::string awsProviderId(const Instance& instance) { return "aws:///" + instance.zone + "/" + instance.id; }
std::string awsAddress(std::size_t number) { return inRange("52.20.", number); }
std::string awsHost(std::string_view name, std::size_t number) {
  return std::string(name) + "-" + std::to_string(hashOf(name) % 900000000 + 100000000 + number) +
         ".us-east-1.elb.amazonaws.com";
}

// Google: the pods' ranges are routes of the network; a balancer is an address whose packets pass through.
Value gceAddresses(const Instance& instance) {
  const std::string name = instance.node + "." + instance.zone + ".c.pilothouse-lab.internal";
  return Value::array({nodeAddress("InternalIP", instance.privateAddress),
                       nodeAddress("ExternalIP", instance.publicAddress), nodeAddress("InternalDNS", name),
                       nodeAddress("Hostname", name)});
}
std::string gceInstance(std::string_view node) { return std::string(node); }
std::string gceProviderId(const Instance& instance) {
  return "gce://pilothouse-lab/" + instance.zone + "/" + instance.id;
}
std::string gceAddress(std::size_t number) { return inRange("34.72.", number); }

// Microsoft: machines have no address of their own outside; one balancer "kubernetes" has a front end for
// each Service.
Value azureAddresses(const Instance& instance) {
  return Value::array(
      {nodeAddress("Hostname", instance.node), nodeAddress("InternalIP", instance.privateAddress)});
}
std::string azureInstance(std::string_view node) { return std::string(node); }
std::string azureProviderId(const Instance& instance) {
  return "azure:///subscriptions/" + hex(hashOf("subscription"), 8) +
         "-6a1b-4c0e-9f57-0d3c2b7a4e11/resourceGroups/pilothouse/providers/Microsoft.Compute/"
         "virtualMachines/" +
         instance.id;
}
std::string azureAddress(std::size_t number) { return inRange("20.62.", number); }

}  // namespace

Value nodeAddress(std::string_view type, std::string_view address) {
  return Value::object({{kAddress, Value(address)}, {kType, Value(type)}});
}

std::string defaultBalancerName(std::string_view uid) {
  std::string name = "a";
  for (const char c : uid) {
    if (c != '-' && name.size() < 32) name += c;
  }
  return name;
}

const Flavor& aws() {
  static const Flavor flavor = [] {
    Flavor f;
    f.provider = "aws";
    f.region = "us-east-1";
    f.zones = {"us-east-1a", "us-east-1b", "us-east-1c"};
    f.instanceType = "m5.xlarge";
    f.call = 180ms;
    f.balancerCreation = 3s;
    f.balancerService = 75s;
    f.healthInterval = 10s;
    f.healthyAfter = 2;
    f.unhealthyAfter = 6;
    f.instanceId = awsInstance;
    f.providerId = awsProviderId;
    f.addresses = awsAddresses;
    f.balancerAddress = awsAddress;
    f.balancerHost = awsHost;
    f.balancerLimit =
        "TooManyLoadBalancers: Exceeded quota of account 123456789012\n\tstatus code: 400, request id: "
        "8a3c1d52-51ee-4c0b-a0a3-0f2bd9b7c1aa";
    return f;
  }();
  return flavor;
}

const Flavor& gce() {
  static const Flavor flavor = [] {
    Flavor f;
    f.provider = "gce";
    f.region = "us-central1";
    f.zones = {"us-central1-a", "us-central1-b", "us-central1-c"};
    f.instanceType = "e2-standard-4";
    f.routes = true;
    f.passThrough = true;
    f.call = 350ms;
    f.balancerCreation = 38s;
    f.balancerService = 5s;
    f.healthInterval = 8s;
    f.healthyAfter = 1;
    f.unhealthyAfter = 3;
    f.instanceId = gceInstance;
    f.providerId = gceProviderId;
    f.addresses = gceAddresses;
    f.balancerAddress = gceAddress;
    f.balancerLimit =
        "googleapi: Error 403: QUOTA_EXCEEDED - Quota 'FORWARDING_RULES' exceeded.  Limit: 15.0 globally.";
    return f;
  }();
  return flavor;
}

const Flavor& azure() {
  static const Flavor flavor = [] {
    Flavor f;
    f.provider = "azure";
    f.region = "eastus";
    f.zones = {"eastus-1", "eastus-2", "eastus-3"};
    f.instanceType = "Standard_D4s_v5";
    f.routes = true;
    f.passThrough = true;
    f.call = 500ms;
    f.balancerCreation = 22s;
    f.balancerService = 2s;
    f.healthInterval = 5s;
    f.healthyAfter = 1;
    f.unhealthyAfter = 2;
    f.instanceId = azureInstance;
    f.providerId = azureProviderId;
    f.addresses = azureAddresses;
    f.balancerAddress = azureAddress;
    f.balancerLimit =
        "Retriable: false, RetryAfter: 0s, HTTPStatusCode: 400, RawError: {\"error\":{\"code\":"
        "\"PublicIPCountLimitReached\",\"message\":\"Cannot create more than 10 public IP addresses for this "
        "subscription in this region.\"}}";
    return f;
  }();
  return flavor;
}

const Flavor* flavorOf(std::string_view preset) {
  const std::string_view cloud = preset.substr(0, preset.find('-'));
  if (cloud == "aws") return &aws();
  if (cloud == "gcp") return &gce();
  if (cloud == "azure") return &azure();
  return nullptr;
}

}  // namespace pilothouse::cloud_controller_manager
