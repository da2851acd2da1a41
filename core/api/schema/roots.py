"""What the module's schema table is made for: everything that these kinds reach."""

# Folders of the published sources, and under which group and version their kinds are served.
API_PACKAGES = {
    "core/v1": "v1",
    "apps/v1": "apps/v1",
    "autoscaling/v1": "autoscaling/v1",
    "coordination/v1": "coordination.k8s.io/v1",
    "discovery/v1": "discovery.k8s.io/v1",
}
META_PACKAGE = "pkg/apis/meta/v1"

# (folder, kind): served kinds, and the bodies of subresources and options.
ROOTS = [
    ("core/v1", "Binding"),
    ("core/v1", "ConfigMap"),
    ("core/v1", "Endpoints"),
    ("core/v1", "Event"),
    ("core/v1", "Namespace"),
    ("core/v1", "Node"),
    ("core/v1", "Pod"),
    ("core/v1", "Secret"),
    ("core/v1", "Service"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "ReplicaSet"),
    ("autoscaling/v1", "Scale"),
    ("coordination/v1", "Lease"),
    ("discovery/v1", "EndpointSlice"),
    (META_PACKAGE, "DeleteOptions"),
    (META_PACKAGE, "Status"),
]
