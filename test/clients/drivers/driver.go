// Makes the calls of the scenario: a line of JSON in for each, a line of JSON out.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"log"
	"math"
	"net/http"
	"os"
	"time"

	"example/latchkey"
)

type ask struct {
	Call           string                   `json:"call"`
	Key            *string                  `json:"key"`
	Patient        bool                     `json:"patient"`
	Name           string                   `json:"name"`
	Plan           string                   `json:"plan"`
	ClientID       string                   `json:"clientId"`
	Scopes         []string                 `json:"scopes"`
	KeyID          string                   `json:"keyId"`
	OverlapSeconds int32                    `json:"overlapSeconds"`
	IfMatch        string                   `json:"ifMatch"`
	PageSize       int32                    `json:"pageSize"`
	Reason         string                   `json:"reason"`
	From           string                   `json:"from"`
	GroupBy        []latchkey.UsageGrouping `json:"groupBy"`
	Limit          struct {
		Name          string `json:"name"`
		Requests      int32  `json:"requests"`
		WindowSeconds int32  `json:"windowSeconds"`
		Burst         int32  `json:"burst"`
	} `json:"limit"`
}

type said map[string]any

func main() {
	encoder := json.NewEncoder(os.Stdout)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var asked ask
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			log.Fatal(err)
		}
		if err := encoder.Encode(asked.answer(context.Background())); err != nil {
			log.Fatal(err)
		}
	}
}

func (a ask) answer(ctx context.Context) said {
	client := a.connect()
	switch a.Call {
	case "getData":
		answer := must(client.GetDataWithResponse(ctx))
		if answer.JSON200 != nil {
			return said{"message": answer.JSON200.Message, "data": answer.JSON200.Data}
		}
		return refused(answer.ApplicationProblemJSON429, answer.ApplicationProblemJSON401)
	case "getSecretData":
		answer := must(client.GetSecretDataWithResponse(ctx))
		if answer.JSON200 != nil {
			return said{"message": answer.JSON200.Message, "data": answer.JSON200.Data}
		}
		return refused(answer.ApplicationProblemJSON401)
	case "getInfo":
		answer := must(client.GetInfoWithResponse(ctx))
		if answer.StatusCode() == http.StatusOK {
			return said{"text": string(answer.Body)}
		}
		return refused(answer.ApplicationProblemJSON401)
	case "createClient":
		answer := must(client.CreateClientWithResponse(ctx, latchkey.ClientRegistration{Name: a.Name, Plan: &a.Plan}))
		if created := answer.JSON201; created != nil {
			return said{"id": created.ID, "name": created.Name, "plan": created.Plan}
		}
		return refused(answer.ApplicationProblemJSON400, answer.ApplicationProblemJSON409)
	case "createKey":
		wanted := latchkey.NewKey{ClientID: a.ClientID, Name: a.Name, Scopes: a.Scopes}
		answer := must(client.CreateKeyWithResponse(ctx, wanted))
		if answer.JSON201 != nil {
			return ofIssued(answer.JSON201)
		}
		return refused(answer.ApplicationProblemJSON400)
	case "getKey":
		answer := must(client.GetKeyWithResponse(ctx, a.KeyID))
		if answer.JSON200 != nil {
			return ofKey(answer.JSON200)
		}
		return refused(answer.ApplicationProblemJSON404)
	case "rotateKey":
		answer := must(client.RotateKeyWithResponse(ctx, a.KeyID, latchkey.Rotation{OverlapSeconds: &a.OverlapSeconds}))
		if answer.JSON201 != nil {
			return ofIssued(answer.JSON201)
		}
		return refused(answer.ApplicationProblemJSON404)
	case "updateKey":
		limit := &a.Limit
		terms := latchkey.LimitTerms{Requests: limit.Requests, WindowSeconds: &limit.WindowSeconds, Burst: &limit.Burst}
		update := latchkey.KeyUpdate{
			Limits: &latchkey.LimitOverride{Set: &latchkey.LimitTermsByName{limit.Name: terms}},
		}
		answer := must(client.UpdateKeyWithResponse(ctx, a.KeyID, &latchkey.UpdateKeyParams{IfMatch: &a.IfMatch}, update))
		if answer.JSON200 != nil {
			return ofKey(answer.JSON200)
		}
		return refused(answer.ApplicationProblemJSON400)
	case "getUsage":
		answer := must(client.GetUsageWithResponse(ctx, &latchkey.GetUsageParams{From: &a.From, GroupBy: &a.GroupBy}))
		if answer.JSON200 != nil {
			return ofUsage(answer.JSON200)
		}
		return refused(answer.ApplicationProblemJSON400)
	case "revokeKey":
		answer := must(client.RevokeKeyWithResponse(ctx, a.KeyID, latchkey.Revocation{Reason: &a.Reason}))
		if answer.JSON200 != nil {
			return ofKey(answer.JSON200)
		}
		return refused(answer.ApplicationProblemJSON404)
	case "listKeys":
		return a.countKeys(ctx, client)
	}
	log.Fatalf("there is no call %s here", a.Call)
	return nil
}

func (a ask) connect() *latchkey.ClientWithResponses {
	transport := http.DefaultTransport
	if a.Patient {
		transport = patient{}
	}
	withKey := func(_ context.Context, request *http.Request) error {
		switch {
		case a.Key == nil:
		case a.Call == "getInfo":
			request.URL.RawQuery = "api_key=" + *a.Key
		default:
			request.Header.Set("x-api-key", *a.Key)
		}
		return nil
	}
	return must(latchkey.NewClientWithResponses(os.Getenv("URL"),
		latchkey.WithHTTPClient(&http.Client{Transport: transport}),
		latchkey.WithRequestEditorFn(withKey)))
}

func (a ask) countKeys(ctx context.Context, client *latchkey.ClientWithResponses) said {
	count, distinct := 0, map[string]bool{}
	query := &latchkey.ListKeysParams{ClientID: &a.ClientID, Limit: &a.PageSize}
	for {
		answer := must(client.ListKeysWithResponse(ctx, query))
		if answer.JSON200 == nil {
			return refused(answer.ApplicationProblemJSON400)
		}
		for _, key := range answer.JSON200.Items {
			count++
			distinct[key.ID] = true
		}
		if answer.JSON200.NextCursor == nil {
			return said{"keys": count, "distinct": len(distinct)}
		}
		query.Cursor = answer.JSON200.NextCursor
	}
}

func ofUsage(report *latchkey.UsageReport) said {
	groups := []string{}
	for _, series := range report.Series {
		groups = append(groups, series.Group["operation"]+" "+series.Group["statusClass"])
	}
	return said{"bucket": report.Bucket, "groups": groups}
}

func ofIssued(issued *latchkey.IssuedKey) said {
	told := ofKey(&issued.Key)
	told["secret"] = issued.Secret
	return told
}

func ofKey(key *latchkey.Key) said {
	told := said{
		"id":               key.ID,
		"name":             key.Name,
		"state":            key.State,
		"scopes":           key.Scopes,
		"expiresAt":        key.ExpiresAt,
		"successorId":      key.SuccessorID,
		"revocationReason": key.RevocationReason,
	}
	if key.OverlapEndsAt != nil {
		// To the nearest minute: what the scenario waits for takes less.
		told["overlapSeconds"] = math.Round(time.Until(*key.OverlapEndsAt).Minutes()) * 60
	}
	if key.Limits != nil && key.Limits.Set != nil {
		told["limit"] = (*key.Limits.Set)["perKey"]
	}
	return told
}

// refused tells the first problem there is.
func refused(problems ...*latchkey.Problem) said {
	for _, problem := range problems {
		if problem == nil {
			continue
		}
		told := said{"status": problem.Status, "code": problem.Code, "error": problem.Error}
		if problem.Errors != nil {
			told["pointer"] = (*problem.Errors)[0].Pointer
		}
		if problem.ViolatedPolicies != nil {
			told["violated"] = *problem.ViolatedPolicies
		}
		return told
	}
	return said{"status": 0, "code": "another problem"}
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
