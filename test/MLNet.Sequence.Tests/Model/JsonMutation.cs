using System.Text.Json.Nodes;

namespace MLNet.Sequence.Tests.Model;

/// <summary>Changes to a JSON document after which it is still JSON: other numbers, kinds and names, and missing or repeated
/// parts.</summary>
internal static class JsonMutation
{
    private const int LongText = 50_000, LongList = 20_000;

    private static readonly long[] Numbers =
    [
        0, 1, -1, 2, 3, 4, 7, 100, 1_000_000, 16_777_217, 1L << 30, (1L << 30) + 1, int.MaxValue - 1, int.MaxValue, int.MinValue,
        1L << 31, 1L << 32, (1L << 32) + 1, long.MaxValue, long.MinValue,
    ];

    /// <summary>Changes one to three places, of which one may be the whole document.</summary>
    /// <param name="json">Not changed itself.</param>
    /// <param name="random">What decides.</param>
    /// <param name="names">Saved names that replace others.</param>
    public static string Apply(JsonNode json, RandomStream random, IReadOnlyList<string> names)
    {
        JsonNode changed = json.DeepClone();
        long count = 1 + random.NextInt64(3);
        for (long i = 0; i < count; i++)
            Change(changed, random, names);
        string text = changed.ToJsonString();
        return random.NextInt64(20) == 0 ? Twice(text, random) : text;
    }

    private static void Change(JsonNode json, RandomStream random, IReadOnlyList<string> names)
    {
        List<JsonNode> parents = [.. Parents(json)];
        if (parents.Count == 0)
            return;
        JsonNode parent = parents[(int)random.NextInt64(parents.Count)];
        if (parent is JsonObject branch)
            Change(branch, random, names);
        else if (parent is JsonArray list)
            Change(list, random, names);
    }

    private static void Change(JsonObject parent, RandomStream random, IReadOnlyList<string> names)
    {
        string key = parent.Select(pair => pair.Key).ElementAt((int)random.NextInt64(parent.Count));
        JsonNode? value = parent[key];
        switch (random.NextInt64(12))
        {
            case 0:
                parent.Remove(key);
                break;
            case 1:
                parent.Remove(key);
                parent[key + "x"] = value;
                break;
            case 2:
                parent["other"] = value?.DeepClone();
                break;
            default:
                parent[key] = Other(value, random, names);
                break;
        }
    }

    private static void Change(JsonArray parent, RandomStream random, IReadOnlyList<string> names)
    {
        int place = (int)random.NextInt64(parent.Count);
        JsonNode? value = parent[place];
        switch (random.NextInt64(10))
        {
            case 0:
                parent.RemoveAt(place);
                break;
            case 1:
                parent.Add(value?.DeepClone());
                break;
            case 2 when parent.Count < 100:
                long copies = random.NextInt64(LongList / (1 + (value?.ToJsonString().Length ?? 0)));
                for (long i = 0; i < copies; i++)
                    parent.Add(value?.DeepClone());
                break;
            default:
                parent[place] = Other(value, random, names);
                break;
        }
    }

    // Half of the time a value of the same kind, because another kind is detected at once.
    private static JsonNode? Other(JsonNode? value, RandomStream random, IReadOnlyList<string> names)
    {
        if (random.NextInt64(2) == 0 && value is JsonValue known)
        {
            return known.GetValueKind() switch
            {
                System.Text.Json.JsonValueKind.Number => Number(random),
                System.Text.Json.JsonValueKind.String => names[(int)random.NextInt64(names.Count)],
                _ => random.NextInt64(2) == 0,
            };
        }

        return random.NextInt64(12) switch
        {
            0 => null,
            1 => "",
            2 => "NaN",
            3 => "-Infinity",
            4 => new string('x', (int)random.NextInt64(LongText)),
            5 => new JsonArray(),
            6 => new JsonObject(),
            7 => new JsonArray((JsonNode?)null),
            8 => new JsonArray(value?.DeepClone(), value?.DeepClone()),
            9 => new JsonObject { ["inner"] = value?.DeepClone() },
            10 => JsonValue.Create(1.5),
            _ => Number(random),
        };
    }

    private static JsonValue Number(RandomStream random) => random.NextInt64(4) switch
    {
        0 => JsonValue.Create(Math.Pow(10, Math.Clamp(80 * random.NextNormal(), -300, 300))),
        1 => JsonValue.Create(random.NextInt64(40) - 8),
        _ => JsonValue.Create(Numbers[random.NextInt64(Numbers.Length)]),
    };

    // Repeats the first property of an object.
    private static string Twice(string text, RandomStream random)
    {
        int brace = text.IndexOf('{', (int)random.NextInt64(text.Length)), comma = brace < 0 ? -1 : text.IndexOf(',', brace);
        return comma < 0 ? text : text.Insert(brace + 1, text[(brace + 1)..(comma + 1)]);
    }

    private static IEnumerable<JsonNode> Parents(JsonNode? node) => node switch
    {
        JsonObject { Count: > 0 } parent => parent.SelectMany(pair => Parents(pair.Value)).Prepend(parent),
        JsonArray { Count: > 0 } parent => parent.SelectMany(Parents).Prepend(parent),
        _ => [],
    };
}
