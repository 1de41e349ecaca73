import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import latchkey.ApiClient;
import latchkey.ApiException;
import latchkey.api.ClientsApi;
import latchkey.api.DataApi;
import latchkey.api.KeysApi;
import latchkey.api.UsageApi;
import latchkey.auth.ApiKeyAuth;
import latchkey.model.ClientRegistration;
import latchkey.model.DataSet;
import latchkey.model.IssuedKey;
import latchkey.model.Key;
import latchkey.model.KeyList;
import latchkey.model.KeyUpdate;
import latchkey.model.LimitOverride;
import latchkey.model.LimitTerms;
import latchkey.model.NewKey;
import latchkey.model.Problem;
import latchkey.model.RegisteredClient;
import latchkey.model.Revocation;
import latchkey.model.Rotation;
import latchkey.model.UsageGrouping;
import latchkey.model.UsageReport;

/** Makes the calls of the scenario: a line of JSON in for each, a line of JSON out. */
public final class Driver {
  /** What a step asks for; what it does not say is null. */
  private static final class Ask {
    String call;
    String key;
    boolean patient;
    String name;
    String plan;
    String clientId;
    List<String> scopes;
    String keyId;
    Integer overlapSeconds;
    String ifMatch;
    Integer pageSize;
    String reason;
    String from;
    List<UsageGrouping> groupBy;
    Limit limit;
  }

  private static final class Limit {
    String name;
    Integer requests;
    Integer windowSeconds;
    Integer burst;
  }

  private static final Gson GSON = new GsonBuilder().serializeNulls().create();

  public static void main(String[] arguments) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(GSON.toJson(answer(GSON.fromJson(line, Ask.class))));
    }
  }

  private static Map<String, Object> answer(Ask ask) {
    ApiClient client = connect(ask);
    DataApi data = new DataApi(client);
    KeysApi keys = new KeysApi(client);
    try {
      return switch (ask.call) {
        case "getData" -> ofData(data.getData().execute());
        case "getSecretData" -> ofData(data.getSecretData().execute());
        case "getInfo" -> Map.of("text", data.getInfo().execute());
        case "createClient" -> {
          ClientRegistration wanted = new ClientRegistration().name(ask.name).plan(ask.plan);
          RegisteredClient created = new ClientsApi(client).createClient(wanted).execute();
          yield Map.of("id", created.getId(), "name", created.getName(), "plan", created.getPlan());
        }
        case "createKey" -> {
          Set<String> scopes = new LinkedHashSet<>(ask.scopes);
          yield ofIssued(keys.createKey(new NewKey().clientId(ask.clientId).name(ask.name).scopes(scopes)).execute());
        }
        case "getKey" -> ofKey(keys.getKey(ask.keyId).execute());
        case "rotateKey" -> {
          Rotation rotation = new Rotation().overlapSeconds(ask.overlapSeconds);
          yield ofIssued(keys.rotateKey(ask.keyId).rotation(rotation).execute());
        }
        case "updateKey" -> ofKey(keys.updateKey(ask.keyId, updateOf(ask.limit)).ifMatch(ask.ifMatch).execute());
        case "getUsage" -> {
          Set<UsageGrouping> groupBy = new LinkedHashSet<>(ask.groupBy);
          yield ofUsage(new UsageApi(client).getUsage().from(ask.from).groupBy(groupBy).execute());
        }
        case "revokeKey" -> {
          Revocation revocation = new Revocation().reason(ask.reason);
          yield ofKey(keys.revokeKey(ask.keyId).revocation(revocation).execute());
        }
        case "listKeys" -> countKeys(keys, ask);
        default -> throw new IllegalArgumentException("There is no call " + ask.call + " here.");
      };
    } catch (ApiException refused) {
      return ofProblem(refused.getErrorObject());
    }
  }

  private static ApiClient connect(Ask ask) {
    ApiClient client = new ApiClient();
    client.setBasePath(System.getenv("URL"));
    if (ask.patient) {
      client.setHttpClient(client.getHttpClient().newBuilder().addInterceptor(new Patient()).build());
    }
    for (String scheme : List.of("ApiKey", "ApiKeyQuery")) {
      if (ask.key != null) ((ApiKeyAuth) client.getAuthentication(scheme)).setApiKey(ask.key);
    }
    return client;
  }

  private static KeyUpdate updateOf(Limit limit) {
    LimitTerms terms =
        new LimitTerms().requests(limit.requests).windowSeconds(limit.windowSeconds).burst(limit.burst);
    return new KeyUpdate().limits(new LimitOverride().putSetItem(limit.name, terms));
  }

  private static Map<String, Object> countKeys(KeysApi keys, Ask ask) throws ApiException {
    int count = 0;
    Set<String> distinct = new HashSet<>();
    String cursor = null;
    do {
      KeyList page = keys.listKeys().clientId(ask.clientId).limit(ask.pageSize).cursor(cursor).execute();
      for (Key key : page.getItems()) {
        count++;
        distinct.add(key.getId());
      }
      cursor = page.getNextCursor();
    } while (cursor != null);
    return Map.of("keys", count, "distinct", distinct.size());
  }

  private static Map<String, Object> ofData(DataSet data) {
    return Map.of("message", data.getMessage(), "data", data.getData());
  }

  private static Map<String, Object> ofUsage(UsageReport report) {
    List<String> groups =
        report.getSeries().stream()
            .map(series -> series.getGroup().get("operation") + " " + series.getGroup().get("statusClass"))
            .toList();
    return Map.of("bucket", report.getBucket().getValue(), "groups", groups);
  }

  private static Map<String, Object> ofIssued(IssuedKey issued) {
    Map<String, Object> said = ofKey(issued.getKey());
    said.put("secret", issued.getSecret());
    return said;
  }

  private static Map<String, Object> ofKey(Key key) {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("id", key.getId());
    said.put("name", key.getName());
    said.put("state", key.getState().getValue());
    said.put("scopes", key.getScopes());
    said.put("expiresAt", key.getExpiresAt());
    said.put("successorId", key.getSuccessorId());
    said.put("revocationReason", key.getRevocationReason());
    if (key.getOverlapEndsAt() != null) {
      // To the nearest minute: what the scenario waits for takes less.
      double left = Duration.between(OffsetDateTime.now(), key.getOverlapEndsAt()).toSeconds();
      said.put("overlapSeconds", Math.round(left / 60) * 60);
    }
    if (key.getLimits() != null) {
      LimitTerms terms = key.getLimits().getSet().get("perKey");
      said.put(
          "limit",
          Map.of(
              "requests", terms.getRequests(),
              "windowSeconds", terms.getWindowSeconds(),
              "burst", terms.getBurst()));
    }
    return said;
  }

  private static Map<String, Object> ofProblem(Problem problem) {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("status", problem.getStatus());
    said.put("code", problem.getCode());
    said.put("error", problem.getError());
    said.put("pointer", problem.getErrors() == null ? null : problem.getErrors().get(0).getPointer());
    said.put("violated", problem.getViolatedPolicies());
    return said;
  }
}
