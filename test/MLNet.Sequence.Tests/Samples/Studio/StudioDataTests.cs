using System.Text.Json;

namespace MLNet.Sequence.Tests.Samples.Studio;

/// <summary>What the step Data says of a file.</summary>
[TestClass]
public sealed class StudioDataTests
{
    [TestMethod]
    public async Task A_file_is_described_by_its_columns_and_its_time()
    {
        using var studio = new StudioClient();
        studio.Files.WriteHours("hours.csv", 200);
        JsonElement data = await studio.Get("api/data?file=hours.csv");
        Assert.AreEqual(200, data.GetProperty("rows").GetInt32());
        Assert.AreEqual("date", data.GetProperty("time").GetString());
        Assert.AreEqual("hours", data.GetProperty("frequency").GetString());
        CollectionAssert.AreEqual(new[] { "date time", "a number", "b number" }, Columns(data, column => $"{Text(column, "name")} {Text(column, "kind")}"));
        Assert.AreEqual(24, data.GetProperty("suggested").GetProperty("season").GetInt32());
        // b counts 0 to 6 again and again.
        JsonElement b = data.GetProperty("columns")[2];
        Assert.AreEqual(0, b.GetProperty("low").GetDouble());
        Assert.AreEqual(6, b.GetProperty("high").GetDouble());
        Assert.AreEqual(Enumerable.Range(0, 200).Average(row => row % 7), b.GetProperty("mean").GetDouble(), 1e-12);
        JsonElement plot = data.GetProperty("plots")[1];
        CollectionAssert.AreEqual(Enumerable.Range(0, 200).Select(row => (double)(row % 7)).ToArray(),
            plot.GetProperty("low").EnumerateArray().Select(value => value.GetDouble()).ToArray());
    }

    [TestMethod]
    public async Task What_is_wrong_is_said_at_its_column_and_row()
    {
        using var studio = new StudioClient();
        studio.Files.WriteHours("bad.csv", 60, row => row switch { 11 => "", 12 => "twelve", _ => "1" });
        JsonElement data = await studio.Get("api/data?file=bad.csv");
        string[] problems = [.. data.GetProperty("columns")[1].GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()!)];
        CollectionAssert.AreEqual(new[] { "row 13 (line 14): 'twelve' is not a number.", "row 12 (line 13): the cell is empty." }, problems);
        Assert.AreEqual(0, data.GetProperty("columns")[2].GetProperty("problems").GetArrayLength());
        // The other column can still be forecast.
        Assert.IsFalse(data.TryGetProperty("problem", out _));
        JsonElement targets = data.GetProperty("suggested").GetProperty("targets");
        CollectionAssert.AreEqual(new[] { "b" }, targets.EnumerateArray().Select(name => name.GetString()).ToArray());
    }

    [TestMethod]
    [DataRow("", "is empty")]
    [DataRow("a,b\n", "no rows")]
    [DataRow("a,a\n1,2\n", "Two columns are named 'a'")]
    [DataRow("a,b\n1,2\n1,2,3\n", "row 2 (line 3) has 3 cells; the header names 2 columns")]
    public async Task A_file_that_is_no_table_is_refused_with_the_reason(string text, string reason)
    {
        using var studio = new StudioClient();
        studio.Files.Write("bad.csv", text);
        string problem = await studio.Refused(HttpMethod.Get, "api/data?file=bad.csv");
        StringAssert.Contains(problem, reason);
        Assert.DoesNotContain(studio.Files.Folder, problem);
    }

    [TestMethod]
    public async Task Times_that_go_back_are_named_and_a_column_of_names_makes_series_of_them()
    {
        using var studio = new StudioClient();
        string[] shops = ["north", "south"];
        studio.Files.Write("shops.csv", "day,shop,sold\n" + string.Concat(shops.SelectMany(shop =>
            Enumerable.Range(1, 28).Select(day => FormattableString.Invariant($"2024-02-{day:00},{shop},{day}\n")))));
        JsonElement data = await studio.Get("api/data?file=shops.csv");
        Assert.AreEqual(2, data.GetProperty("seriesCount").GetInt32());
        Assert.AreEqual("shop", data.GetProperty("suggested").GetProperty("series").GetString());
        JsonElement one = await studio.Get("api/data?file=shops.csv&series=");
        StringAssert.Contains(one.GetProperty("problem").GetString(), "2024-02-01 does not come after 2024-02-28");
    }

    [TestMethod]
    public async Task A_look_at_a_long_file_reads_its_first_rows_and_says_so()
    {
        using var studio = new StudioClient();
        string[] columns = [.. Enumerable.Range(0, 100).Select(column => $"c{column}")];
        // 4,000 rows of a hundred columns are looked at; what is wrong comes after them.
        string row = string.Join(',', Enumerable.Range(0, 100).Select(column => column % 10));
        studio.Files.Write("long.csv", $"{string.Join(',', columns)}\n{string.Concat(Enumerable.Repeat(row + "\n", 4_400))}{row.Replace('7', 'x')}\n");
        JsonElement data = await studio.Get("api/data?file=long.csv");
        Assert.AreEqual(4_000, data.GetProperty("rows").GetInt32());
        Assert.IsTrue(data.GetProperty("isCut").GetBoolean());
        Assert.IsLessThanOrEqualTo(24, data.GetProperty("plots").GetArrayLength());
        Assert.IsLessThanOrEqualTo(400, data.GetProperty("plots")[0].GetProperty("low").GetArrayLength());
        object Ask(int context) =>
            new { kind = "forecast", file = "long.csv", targets = new[] { "c7" }, time = "", context, horizon = 2, architectures = new[] { "linear" } };
        JsonElement look = await studio.Post("api/question", Ask(6));
        StringAssert.Contains(look.GetProperty("description").GetString(), "2,800 rows to train on");
        StringAssert.Contains(look.GetProperty("note").GetString(), "only the first 4,000 were read");
        // What the first rows lack, the others may have: it is said, and hinders nothing.
        look = await studio.Post("api/question", Ask(3_500));
        StringAssert.Contains(look.GetProperty("problem").GetString(), "it has 4000 rows; at least");
        StringAssert.Contains(look.GetProperty("note").GetString(), "only the first 4,000 were read");
        // All rows are read when training starts.
        StringAssert.Contains(await studio.Refused(HttpMethod.Post, "api/runs", Ask(6)), "row 4401 (line 4402), column 'c7': 'x' is not a number");
    }

    [TestMethod]
    [DataRow("parquet")]
    [DataRow("arrow")]
    public async Task A_typed_file_is_uploaded_described_and_asked_like_any_other(string ending)
    {
        using var studio = new StudioClient();
        byte[] whole = File.ReadAllBytes(SourceTree.Path("test", "MLNet.Sequence.Tests", "Samples", "Columnar", $"six-rows.{ending}"));
        async Task Upload(string name, byte[] content) =>
            (await studio.Http.PostAsync(new Uri(studio.Address, $"api/files/{name}"), new ByteArrayContent(content))).EnsureSuccessStatusCode();
        await Upload($"six.{ending}", whole);
        CollectionAssert.AreEqual(new[] { $"six.{ending}" }, (await studio.Get("api/files")).GetProperty("files").EnumerateArray()
            .Select(file => file.GetProperty("name").GetString()).ToArray());
        JsonElement data = await studio.Get($"api/data?file=six.{ending}");
        Assert.AreEqual(6, data.GetProperty("rows").GetInt32());
        Assert.AreEqual("time", data.GetProperty("time").GetString());
        CollectionAssert.IsSubsetOf(new[] { "time time", "load number", "shop text" },
            Columns(data, column => $"{Text(column, "name")} {Text(column, "kind")}"));
        // An empty cell is named by its row, which has no line.
        Assert.AreEqual("row 3: the cell is empty.", data.GetProperty("columns").EnumerateArray().Single(column => Text(column, "name") == "load")
            .GetProperty("problems")[0].GetString());
        string[] targets = ["large"], architectures = ["linear"];
        object question = new { kind = "forecast", file = $"six.{ending}", targets, time = "time", context = 2, horizon = 1, architectures };
        StringAssert.Contains(await studio.Refused(HttpMethod.Post, "api/question", question), "it has 6 rows; at least");
        await Upload($"cut.{ending}", whole[..(whole.Length / 2)]);
        StringAssert.StartsWith(await studio.Refused(HttpMethod.Get, $"api/data?file=cut.{ending}"), $"'cut.{ending}' cannot be read as a file of ");
    }

    [TestMethod]
    public async Task Months_as_parts_of_a_year_have_a_season_of_twelve()
    {
        using var studio = new StudioClient();
        studio.Files.Write("months.csv", "time,value\n" + string.Concat(Enumerable.Range(0, 120).Select(month =>
            FormattableString.Invariant($"{1949 + month / 12.0:F6},{100 + month % 12}\n"))));
        JsonElement suggested = (await studio.Get("api/data?file=months.csv")).GetProperty("suggested");
        Assert.AreEqual(12, suggested.GetProperty("season").GetInt32());
        Assert.AreEqual(12, suggested.GetProperty("horizon").GetInt32());
    }

    [TestMethod]
    public async Task A_question_that_does_not_fit_its_file_is_refused_before_training()
    {
        using var studio = new StudioClient();
        studio.SmallQuestion();
        object Ask(string[] targets, int context, int horizon, string[] architectures) =>
            new { kind = "forecast", file = "hours.csv", targets, context, horizon, season = 1, architectures };
        StringAssert.Contains(await studio.Refused(HttpMethod.Post, "api/question", Ask([], 6, 2, ["linear"])), "at least one column to forecast");
        StringAssert.Contains(await studio.Refused(HttpMethod.Post, "api/question", Ask(["none"], 6, 2, ["linear"])), "There is no column 'none'");
        StringAssert.Contains(await studio.Refused(HttpMethod.Post, "api/question", Ask(["a"], 6, 0, ["linear"])), "must be at least 1; found 0");
        StringAssert.Contains(await studio.Refused(HttpMethod.Post, "api/runs", Ask(["a"], 600, 2, ["linear"])), "it has 160 rows; at least");
        StringAssert.Contains(await studio.Refused(HttpMethod.Post, "api/runs", Ask(["a"], 6, 2, [])), "at least one model");
        StringAssert.Contains(await studio.Refused(HttpMethod.Post, "api/runs", Ask(["a"], 6, 2, ["lsmt"])), "lsmt");
        Assert.AreEqual(0, (await studio.Get("api/runs")).GetArrayLength());
        StringAssert.Contains((await studio.Post("api/question", studio.SmallQuestion())).GetProperty("description").GetString(), "112 rows to train on");
    }

    private static string[] Columns(JsonElement data, Func<JsonElement, string> what) => [.. data.GetProperty("columns").EnumerateArray().Select(what)];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
