#pragma once

#include <string_view>

namespace pilothouse::controller_manager {

/// --root-ca-file: what pods are given to trust kube-apiserver by. No message of the simulation is encrypted,
/// so one certificate serves all clusters; its key was thrown away.
inline constexpr std::string_view kRootCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBWzCCAQGgAwIBAgIBATAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDAprdWJlcm5l\n"
    "dGVzMB4XDTI1MTIzMTIzNTUwMFoXDTM1MTIyOTIzNTUwMFowFTETMBEGA1UEAwwK\n"
    "a3ViZXJuZXRlczBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOxsJHchbfO7hKG8\n"
    "f6/kLm6bBN9iq4BIVdcQ1AArhWq/YyVqVNJ90J19AZmyuDiUdQPkQEqsg3PUfSxZ\n"
    "xXwIWaKjQjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgKkMB0GA1Ud\n"
    "DgQWBBTIajyznkItwZeA/31idcZr7lVftTAKBggqhkjOPQQDAgNIADBFAiBniDWJ\n"
    "uobYEki6VKxey6o/BQXCCsFTaBUqiBN6Sd+cCQIhAIf6SlBwc5vHyHQn4ImFnjWE\n"
    "RjGuGvZGBq5lke3uvrGb\n"
    "-----END CERTIFICATE-----\n";

}  // namespace pilothouse::controller_manager
