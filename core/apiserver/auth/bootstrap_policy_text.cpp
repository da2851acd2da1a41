#include "core/apiserver/auth/bootstrap_policy_text.hpp"

namespace pilothouse::apiserver {

// How the lines are read:
//   C name [<group] [>group]   a ClusterRole, made of those labelled for a group, or labelled for it
//   K name                     ClusterRole system:controller:name, bound to its ServiceAccount in kube-system
//   R namespace name           a Role
//   B name role subjects       a ClusterRoleBinding of a ClusterRole; = is a role of the binding's own name
//   N namespace name role subjects   a RoleBinding of the namespace's Role
// Subjects: u:user, g:group, s:account of kube-system.
// A rule: verbs|groups|resources|names, or verbs|/paths. Lists have commas. Verbs: r get,list,watch;
// w create,delete,deletecollection,patch,update. A line "e" is the rule for writing events.
const std::string_view kBootstrapPolicy = R"(C cluster-admin
*|*|*
*|*
C admin <admin
C edit <edit >admin
C view <view >edit
C system:aggregate-to-admin >admin
create|authorization.k8s.io|localsubjectaccessreviews
r,w|rbac.authorization.k8s.io|rolebindings,roles
C system:aggregate-to-edit >edit
r||pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy
impersonate||serviceaccounts
w||pods,pods/attach,pods/exec,pods/portforward,pods/proxy
create||pods/eviction
w||configmaps,events,persistentvolumeclaims,replicationcontrollers,replicationcontrollers/scale,secrets,serviceaccounts,services,services/proxy
create||serviceaccounts/token
w|apps|daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale,statefulsets,statefulsets/scale
w|autoscaling|horizontalpodautoscalers
w|batch|cronjobs,jobs
w|extensions|daemonsets,deployments,deployments/rollback,deployments/scale,ingresses,networkpolicies,replicasets,replicasets/scale,replicationcontrollers/scale
w|policy|poddisruptionbudgets
w|networking.k8s.io|ingresses,networkpolicies
r,w|coordination.k8s.io|leases
C system:aggregate-to-view >view
r||configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,pods,replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/status
r||bindings,events,limitranges,namespaces/status,pods/log,pods/status,replicationcontrollers/status,resourcequotas,resourcequotas/status
r||namespaces
r|discovery.k8s.io|endpointslices
r|apps|controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,replicasets,replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status
r|autoscaling|horizontalpodautoscalers,horizontalpodautoscalers/status
r|batch|cronjobs,cronjobs/status,jobs,jobs/status
r|extensions|daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,ingresses,ingresses/status,networkpolicies,replicasets,replicasets/scale,replicasets/status,replicationcontrollers/scale
r|policy|poddisruptionbudgets,poddisruptionbudgets/status
r|networking.k8s.io|ingresses,ingresses/status,networkpolicies
C system:discovery
get|/api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/
C system:public-info-viewer
get|/healthz,/livez,/readyz,/version,/version/
C system:monitoring
get|/healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*
C system:basic-user
create|authorization.k8s.io|selfsubjectaccessreviews,selfsubjectrulesreviews
create|authentication.k8s.io|selfsubjectreviews
C system:heapster
r||events,namespaces,nodes,pods
r|extensions|deployments
C system:node
create|authentication.k8s.io|tokenreviews
create|authorization.k8s.io|localsubjectaccessreviews,subjectaccessreviews
r||services
create,get,list,watch||nodes
patch,update||nodes/status
patch,update||nodes
create,patch,update||events
r||pods
create,delete||pods
patch,update||pods/status
create||pods/eviction
r||configmaps,secrets
get||persistentvolumeclaims,persistentvolumes
get||endpoints
create,get,list,watch|certificates.k8s.io|certificatesigningrequests
create,delete,get,patch,update|coordination.k8s.io|leases
get|storage.k8s.io|volumeattachments
create||serviceaccounts/token
get,patch,update||persistentvolumeclaims/status
r|storage.k8s.io|csidrivers
create,delete,get,patch,update|storage.k8s.io|csinodes
r|node.k8s.io|runtimeclasses
C system:node-problem-detector
get||nodes
patch||nodes/status
e
C system:kubelet-api-admin
get,list,watch,proxy||nodes
*||nodes/configz,nodes/healthz,nodes/log,nodes/metrics,nodes/pods,nodes/proxy,nodes/stats
C system:node-bootstrapper
create,get,list,watch|certificates.k8s.io|certificatesigningrequests
C system:auth-delegator
create|authentication.k8s.io|tokenreviews
create|authorization.k8s.io|subjectaccessreviews
C system:kube-aggregator
r||endpoints,services
C system:kube-controller-manager
e
create,get,update|coordination.k8s.io|leases
create||secrets,serviceaccounts
delete||secrets
get||configmaps,namespaces,secrets,serviceaccounts
update||secrets,serviceaccounts
create|authentication.k8s.io|tokenreviews
create|authorization.k8s.io|subjectaccessreviews
list,watch|*|*
create||serviceaccounts/token
C system:kube-scheduler
e
create,list,watch|coordination.k8s.io|leases
get,update|coordination.k8s.io|leases|kube-scheduler
r||nodes
delete,get,list,watch||pods
create||bindings,pods/binding
patch,update||pods/status
r||replicationcontrollers,services
r|apps,extensions|replicasets
r|apps|statefulsets
r|policy|poddisruptionbudgets
r||persistentvolumeclaims,persistentvolumes
create|authentication.k8s.io|tokenreviews
create|authorization.k8s.io|subjectaccessreviews
r|storage.k8s.io|csinodes
list,watch||namespaces
r|storage.k8s.io|csidrivers
r|storage.k8s.io|csistoragecapacities
C system:kube-dns
list,watch||endpoints,services
C system:persistent-volume-provisioner
create,delete,get,list,watch||persistentvolumes
get,list,update,watch||persistentvolumeclaims
r|storage.k8s.io|storageclasses
watch||events
get||nodes
e
C system:volume-scheduler
get,list,patch,update,watch||persistentvolumes
r|storage.k8s.io|storageclasses
get,list,patch,update,watch||persistentvolumeclaims
C system:certificates.k8s.io:certificatesigningrequests:nodeclient
create|certificates.k8s.io|certificatesigningrequests/nodeclient
C system:certificates.k8s.io:certificatesigningrequests:selfnodeclient
create|certificates.k8s.io|certificatesigningrequests/selfnodeclient
C system:service-account-issuer-discovery
get|/.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/
C system:node-proxier
list,watch||endpoints,services
r||nodes
e
list,watch|discovery.k8s.io|endpointslices
list,watch|networking.k8s.io|servicecidrs
B cluster-admin = g:system:masters
B system:monitoring = g:system:monitoring
B system:discovery = g:system:authenticated
B system:basic-user = g:system:authenticated
B system:public-info-viewer = g:system:authenticated g:system:unauthenticated
B system:node-proxier = u:system:kube-proxy
B system:kube-controller-manager = u:system:kube-controller-manager
B system:kube-dns = s:kube-dns
B system:kube-scheduler = u:system:kube-scheduler
B system:volume-scheduler = u:system:kube-scheduler
B system:service-account-issuer-discovery = g:system:serviceaccounts
B system:node =
K attachdetach-controller
list,watch||persistentvolumeclaims,persistentvolumes
r||nodes
patch,update||nodes/status
list,watch||pods
e
create,delete,get,list,watch|storage.k8s.io|volumeattachments
r|storage.k8s.io|csidrivers
r|storage.k8s.io|csinodes
K clusterrole-aggregation-controller
escalate,get,list,patch,update,watch|rbac.authorization.k8s.io|clusterroles
K cronjob-controller
get,list,update,watch|batch|cronjobs
create,delete,get,list,patch,update,watch|batch|jobs
update|batch|cronjobs/status
update|batch|cronjobs/finalizers
delete,list,watch||pods
e
K daemon-set-controller
r|apps,extensions|daemonsets
update|apps,extensions|daemonsets/status
update|apps,extensions|daemonsets/finalizers
list,watch||nodes
create,delete,list,patch,watch||pods
create||pods/binding
create,delete,get,list,patch,update,watch|apps|controllerrevisions
e
K deployment-controller
get,list,update,watch|apps,extensions|deployments
update|apps,extensions|deployments/status
update|apps,extensions|deployments/finalizers
create,delete,get,list,patch,update,watch|apps,extensions|replicasets
get,list,update,watch||pods
e
K disruption-controller
r|apps,extensions|deployments
r|apps,extensions|replicasets
r||replicationcontrollers
r|policy|poddisruptionbudgets
r|apps|statefulsets
update|policy|poddisruptionbudgets/status
patch,update||pods/status
get|*|*/scale
e
K endpoint-controller
r||pods,services
create,delete,get,list,update,watch||endpoints
create||endpoints/restricted
e
K endpointslice-controller
r||nodes,pods,services
update||services/finalizers
create,delete,get,list,update,watch|discovery.k8s.io|endpointslices
e
K endpointslicemirroring-controller
r||endpoints,services
update||services/finalizers
update||endpoints/finalizers
create,delete,get,list,update,watch|discovery.k8s.io|endpointslices
e
K expand-controller
get,list,patch,update,watch||persistentvolumes
patch,update||persistentvolumeclaims/status
r||persistentvolumeclaims
e
K ephemeral-volume-controller
r||pods
update||pods/finalizers
create,get,list,watch||persistentvolumeclaims
e
K generic-garbage-collector
delete,get,list,patch,update,watch|*|*
e
K horizontal-pod-autoscaler
r|autoscaling|horizontalpodautoscalers
update|autoscaling|horizontalpodautoscalers/status
get,update|*|*/scale
list,watch||pods
list|metrics.k8s.io|pods
get,list|custom.metrics.k8s.io|*
get,list|external.metrics.k8s.io|*
e
K job-controller
get,list,patch,update,watch|batch|jobs
update|batch|jobs/status
update|batch|jobs/finalizers
create,delete,list,patch,watch||pods
e
K legacy-service-account-token-cleaner
get||configmaps|kube-apiserver-legacy-service-account-token-tracking
delete,patch||secrets
K namespace-controller
delete,get,list,watch||namespaces
update||namespaces/finalize,namespaces/status
delete,deletecollection,get,list,watch|*|*
K node-controller
delete,get,list,patch,update,watch||nodes
patch,update||nodes/status
patch,update||pods/status
delete,get,list,watch||pods
e
K persistent-volume-binder
create,delete,get,list,update,watch||persistentvolumes
update||persistentvolumes/status
get,list,update,watch||persistentvolumeclaims
update||persistentvolumeclaims/status
create,delete,get,list,watch||pods
r|storage.k8s.io|storageclasses
list,watch||nodes
e
watch||events
K pod-garbage-collector
delete,list,watch||pods
r||nodes
patch||pods/status
K pv-protection-controller
get,list,update,watch||persistentvolumes
e
K pvc-protection-controller
get,list,update,watch||persistentvolumeclaims
r||pods
e
K replicaset-controller
get,list,update,watch|apps,extensions|replicasets
update|apps,extensions|replicasets/status
update|apps,extensions|replicasets/finalizers
create,delete,list,patch,watch||pods
e
K replication-controller
get,list,update,watch||replicationcontrollers
update||replicationcontrollers/status
update||replicationcontrollers/finalizers
create,delete,list,patch,watch||pods
e
K resourcequota-controller
list,watch|*|*
update||resourcequotas/status
e
K root-ca-cert-publisher
create,update||configmaps
e
K route-controller
list,watch||nodes
patch||nodes/status
e
K service-account-controller
create||serviceaccounts
e
K service-cidrs-controller
get,list,patch,update,watch|networking.k8s.io|servicecidrs
patch,update|networking.k8s.io|servicecidrs/finalizers
patch,update|networking.k8s.io|servicecidrs/status
r|networking.k8s.io|ipaddresses
e
K service-controller
r||services
patch,update||services/status
list,watch||nodes
e
K statefulset-controller
list,watch||pods
r|apps|statefulsets
update|apps|statefulsets/status
update|apps|statefulsets/finalizers
create,delete,get,patch,update||pods
create,delete,get,list,patch,update,watch|apps|controllerrevisions
create,get,list,watch||persistentvolumeclaims
e
K ttl-after-finished-controller
delete,get,list,watch|batch|jobs
e
K ttl-controller
list,patch,update,watch||nodes
e
K validatingadmissionpolicy-status-controller
r|admissionregistration.k8s.io|validatingadmissionpolicies
get,patch,update|admissionregistration.k8s.io|validatingadmissionpolicies/status
e
R kube-system extension-apiserver-authentication-reader
r||configmaps|extension-apiserver-authentication
R kube-system system:controller:bootstrap-signer
r||secrets
R kube-system system:controller:cloud-provider
create,get,list,watch||configmaps
R kube-system system:controller:token-cleaner
delete,get,list,watch||secrets
e
R kube-system system::leader-locking-kube-controller-manager
watch||configmaps
get,update||configmaps|kube-controller-manager
R kube-system system::leader-locking-kube-scheduler
watch||configmaps
get,update||configmaps|kube-scheduler
R kube-public system:controller:bootstrap-signer
r||configmaps
update||configmaps|cluster-info
e
N kube-system system::extension-apiserver-authentication-reader extension-apiserver-authentication-reader u:system:kube-controller-manager u:system:kube-scheduler
N kube-system system::leader-locking-kube-controller-manager = u:system:kube-controller-manager s:kube-controller-manager
N kube-system system::leader-locking-kube-scheduler = u:system:kube-scheduler s:kube-scheduler
N kube-system system:controller:bootstrap-signer = s:bootstrap-signer
N kube-system system:controller:cloud-provider = s:cloud-provider
N kube-system system:controller:token-cleaner = s:token-cleaner
N kube-public system:controller:bootstrap-signer = s:bootstrap-signer
kubeadm
B kubeadm:cluster-admins cluster-admin g:kubeadm:cluster-admins
C kubeadm:get-nodes
get||nodes
B kubeadm:get-nodes = g:system:bootstrappers:kubeadm:default-node-token
B kubeadm:kubelet-bootstrap system:node-bootstrapper g:system:bootstrappers:kubeadm:default-node-token
B kubeadm:node-autoapprove-bootstrap system:certificates.k8s.io:certificatesigningrequests:nodeclient g:system:bootstrappers:kubeadm:default-node-token
B kubeadm:node-autoapprove-certificate-rotation system:certificates.k8s.io:certificatesigningrequests:selfnodeclient g:system:nodes
B kubeadm:node-proxier system:node-proxier s:kube-proxy
C system:coredns
list,watch||endpoints,namespaces,pods,services
list,watch|discovery.k8s.io|endpointslices
B system:coredns = s:coredns
C system:metrics-server
get||nodes/metrics
get,list,watch||nodes,pods
B system:metrics-server = s:metrics-server
R kube-system kube-proxy
get||configmaps|kube-proxy
R kube-system kubeadm:kubeadm-certs
get||secrets|kubeadm-certs
R kube-system kubeadm:kubelet-config
get||configmaps|kubelet-config
R kube-system kubeadm:nodes-kubeadm-config
get||configmaps|kubeadm-config
R kube-public kubeadm:bootstrap-signer-clusterinfo
get||configmaps|cluster-info
N kube-system kube-proxy = g:system:bootstrappers:kubeadm:default-node-token
N kube-system kubeadm:kubeadm-certs = g:system:bootstrappers:kubeadm:default-node-token
N kube-system kubeadm:kubelet-config = g:system:nodes g:system:bootstrappers:kubeadm:default-node-token
N kube-system kubeadm:nodes-kubeadm-config = g:system:bootstrappers:kubeadm:default-node-token g:system:nodes
N kube-public kubeadm:bootstrap-signer-clusterinfo = u:system:anonymous
)";

}  // namespace pilothouse::apiserver
