// Judges objects as Flux does: with its health check expressions, and with kstatus where there are none.
// Reads a JSON request a line, and answers each on a line.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type request struct {
	Expressions kustomize.HealthCheckExpressions `json:"expressions"`
	Object      unstructured.Unstructured        `json:"object"`
}

type verdict struct {
	Expressions status.Status `json:"expressions"`
	Kstatus     status.Status `json:"kstatus"`
}

func main() {
	requests, verdicts := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var asked request
		if err := requests.Decode(&asked); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		given, err := judge(asked)
		if err != nil {
			log.Fatal(err)
		}
		if err := verdicts.Encode(given); err != nil {
			log.Fatal(err)
		}
	}
}

func judge(asked request) (verdict, error) {
	evaluator, err := cel.NewStatusEvaluator(&asked.Expressions)
	if err != nil {
		return verdict{}, err
	}
	byExpressions, err := evaluator.Evaluate(context.Background(), &asked.Object)
	if err != nil {
		return verdict{}, err
	}
	byKstatus, err := status.Compute(&asked.Object)
	if err != nil {
		return verdict{}, err
	}
	return verdict{byExpressions.Status, byKstatus.Status}, nil
}
