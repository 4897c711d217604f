// Reads the manifests of a rendered chart from standard input and says what a cluster would not take: unknown or
// wrongly typed members (by the Go types of Kubernetes, of the Prometheus operator and of KEDA), and pods that the
// Pod Security Standard "restricted" refuses, by the admission code itself. Exit 1 when there was something, or no pod.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	disruption "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	admission "k8s.io/pod-security-admission/api"
	security "k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

// empty makes an empty object of a kind; nil for kinds that the chart should not have.
func empty(kind string) any {
	switch kind {
	case "apps/v1/StatefulSet":
		return &apps.StatefulSet{}
	case "apps/v1/Deployment":
		return &apps.Deployment{}
	case "batch/v1/Job":
		return &batch.Job{}
	case "v1/Pod":
		return &core.Pod{}
	case "v1/Service":
		return &core.Service{}
	case "v1/ServiceAccount":
		return &core.ServiceAccount{}
	case "v1/ConfigMap":
		return &core.ConfigMap{}
	case "v1/PersistentVolumeClaim":
		return &core.PersistentVolumeClaim{}
	case "networking.k8s.io/v1/NetworkPolicy":
		return &networking.NetworkPolicy{}
	case "policy/v1/PodDisruptionBudget":
		return &disruption.PodDisruptionBudget{}
	case "monitoring.coreos.com/v1/ServiceMonitor":
		return &monitoring.ServiceMonitor{}
	case "monitoring.coreos.com/v1/PrometheusRule":
		return &monitoring.PrometheusRule{}
	case "keda.sh/v1alpha1/ScaledObject":
		return &keda.ScaledObject{}
	}
	return nil
}

// podOf gives the pod that an object makes, if it makes one.
func podOf(object any) (*meta.ObjectMeta, *core.PodSpec) {
	switch it := object.(type) {
	case *apps.StatefulSet:
		return &it.Spec.Template.ObjectMeta, &it.Spec.Template.Spec
	case *apps.Deployment:
		return &it.Spec.Template.ObjectMeta, &it.Spec.Template.Spec
	case *batch.Job:
		return &it.Spec.Template.ObjectMeta, &it.Spec.Template.Spec
	case *core.Pod:
		return &it.ObjectMeta, &it.Spec
	}
	return nil, nil
}

// problems gives what is wrong with one manifest, and whether it makes a pod.
func problems(text string, judge security.Evaluator) (found []string, isPod bool) {
	var kind struct {
		meta.TypeMeta   `json:",inline"`
		meta.ObjectMeta `json:"metadata"`
	}
	if err := yaml.Unmarshal([]byte(text), &kind); err != nil {
		return []string{err.Error()}, false
	}
	if kind.Kind == "" {
		return nil, false // comments only
	}
	name := kind.Kind + "/" + kind.Name
	object := empty(kind.APIVersion + "/" + kind.Kind)
	if object == nil {
		return []string{name + ": " + kind.APIVersion + " is not expected in this chart"}, false
	}
	// By way of JSON: a decoder of YAML makes a text of a number where one is wanted, an API server does not.
	converted, err := yaml.YAMLToJSONStrict([]byte(text))
	if err == nil {
		decoder := json.NewDecoder(bytes.NewReader(converted))
		decoder.DisallowUnknownFields()
		err = decoder.Decode(object)
	}
	if err != nil {
		return []string{name + ": " + err.Error()}, false
	}
	if scaled, is := object.(*keda.ScaledObject); is && len(scaled.Spec.Triggers) == 0 {
		found = append(found, name+": no triggers")
	}
	metadata, spec := podOf(object)
	if spec == nil {
		return found, false
	}
	restricted := admission.LevelVersion{Level: admission.LevelRestricted, Version: admission.LatestVersion()}
	result := security.AggregateCheckResults(judge.EvaluatePod(restricted, metadata, spec))
	if !result.Allowed {
		found = append(found, name+": "+result.ForbiddenDetail())
	}
	return found, true
}

func main() {
	text, err := io.ReadAll(io.LimitReader(os.Stdin, 16<<20))
	if err != nil {
		panic(err)
	}
	judge, err := security.NewEvaluator(security.DefaultChecks())
	if err != nil {
		panic(err)
	}
	pods, objects, wrong := 0, 0, 0
	for _, document := range strings.Split("\n"+string(text), "\n---") {
		found, isPod := problems(document, judge)
		if isPod {
			pods++
		}
		objects++
		for _, each := range found {
			wrong++
			fmt.Println(each)
		}
	}
	fmt.Printf("%d manifests, %d pods, %d problems\n", objects, pods, wrong)
	if wrong > 0 || pods == 0 {
		os.Exit(1)
	}
}
