// java.net.http.HttpClient with URLEncoder. The JDK reads no JSON, so the plan comes as lines: a kind, a tab, a value.
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

class Client {
  static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  static String url;
  static String key;

  public static void main(String[] words) throws Exception {
    for (String line : Files.readAllLines(Path.of(words[0]), StandardCharsets.UTF_8)) {
      String[] parts = line.split("\t", 2);
      String value = parts[1];
      switch (parts[0]) {
        case "url" -> url = value;
        case "key" -> key = value;
        case "query" -> send(request("/query?value=" + encode(value)).GET());
        // URLEncoder is for forms; in a path a space is %20.
        case "path" -> send(request("/path/" + encode(value).replace("+", "%20")).GET());
        case "header" -> send(request("/header").header("X-Value", value).GET());
        case "form" ->
            send(
                request("/form")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("value=" + encode(value))));
        case "json" ->
            send(
                request("/json")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"value\":\"" + value.replace("\"", "\\\"") + "\"}")));
        default -> throw new IllegalArgumentException(parts[0]);
      }
    }
  }

  static HttpRequest.Builder request(String target) {
    return HttpRequest.newBuilder(URI.create(url + target)).header("X-Api-Key", key);
  }

  static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  static void send(HttpRequest.Builder request) throws Exception {
    var response = CLIENT.send(request.build(), BodyHandlers.ofString());
    if (response.statusCode() != 200) System.err.println(response.uri() + ": " + response.statusCode() + " " + response.body());
  }
}
