// net/http with url.Values, url.PathEscape and encoding/json.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
)

type plan struct {
	URL, Key                  string
	Query, Path, Header, Text []string
}

func main() {
	var all plan
	must(json.Unmarshal([]byte(os.Args[1]), &all))
	client := &http.Client{Transport: &http.Transport{}}
	send := func(method, target, contentType, value string, body io.Reader) {
		request, err := http.NewRequest(method, all.URL+target, body)
		must(err)
		request.Header.Set("X-Api-Key", all.Key)
		if contentType != "" {
			request.Header.Set("Content-Type", contentType)
		}
		if value != "" {
			request.Header.Set("X-Value", value)
		}
		response, err := client.Do(request)
		must(err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		must(err)
		if response.StatusCode != http.StatusOK {
			fmt.Fprintf(os.Stderr, "%s: %s %s\n", target, response.Status, text)
		}
	}
	for _, value := range all.Query {
		send("GET", "/query?"+url.Values{"value": {value}}.Encode(), "", "", nil)
	}
	for _, value := range all.Path {
		send("GET", "/path/"+url.PathEscape(value), "", "", nil)
	}
	for _, value := range all.Header {
		send("GET", "/header", "", value, nil)
	}
	for _, value := range all.Text {
		form := url.Values{"value": {value}}.Encode()
		send("POST", "/form", "application/x-www-form-urlencoded", "", strings.NewReader(form))
	}
	for _, value := range all.Text {
		body, err := json.Marshal(map[string]string{"value": value})
		must(err)
		send("POST", "/json", "application/json", "", bytes.NewReader(body))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
