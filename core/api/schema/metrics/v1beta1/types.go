// What metrics-server serves, as far as its types say something about the wire: k8s.io/metrics is not part of
// the published API sources that the build reads.
package v1beta1

import (
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// NodeMetrics tells what a node has used over a window.
type NodeMetrics struct {
	metav1.TypeMeta `json:",inline"`
	// Standard object's metadata.
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// End of the window.
	Timestamp metav1.Time `json:"timestamp"`
	// Length of the window: usage is measured over [timestamp-window, timestamp].
	Window metav1.Duration `json:"window"`
	// Memory is the working set.
	Usage v1.ResourceList `json:"usage"`
}

// PodMetrics tells what a pod's containers have used over a window.
type PodMetrics struct {
	metav1.TypeMeta `json:",inline"`
	// Standard object's metadata.
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// End of the window.
	Timestamp metav1.Time `json:"timestamp"`
	// Length of the window: usage is measured over [timestamp-window, timestamp].
	Window metav1.Duration `json:"window"`
	// Of every container, measured in the same window.
	// +listType=atomic
	Containers []ContainerMetrics `json:"containers"`
}

// ContainerMetrics tells what one container has used.
type ContainerMetrics struct {
	// The container's name in the pod's spec.
	Name string `json:"name"`
	// Memory is the working set.
	Usage v1.ResourceList `json:"usage"`
}
