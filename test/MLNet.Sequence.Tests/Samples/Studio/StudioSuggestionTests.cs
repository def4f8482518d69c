using System.Globalization;
using MLNet.Sequence.Samples;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Sequences;
using MLNet.Sequence.Samples.Studio.Data;
using MLNet.Sequence.Samples.Studio.Runs;

namespace MLNet.Sequence.Tests.Samples.Studio;

/// <summary>What is suggested for a file is not refused when it is asked.</summary>
[TestClass]
public sealed class StudioSuggestionTests
{
    [TestMethod]
    [DataRow("?")]
    [DataRow("NA")]
    [DataRow("null")]
    public void A_word_that_means_a_missing_number_is_a_word_in_a_text(string word)
    {
        FileSummary summary = Look("sentence,word\n" + string.Concat(Enumerable.Range(0, 60).Select(row =>
            FormattableString.Invariant($"s{row / 4},{(row % 4 == 3 ? word : $"w{row % 4}")}\n"))));
        Assert.AreEqual(0, summary.Columns[1].Missing);
        Assert.IsEmpty(summary.Columns[1].Problems);
        Assert.AreEqual("next", summary.Suggested.Kind);
        CollectionAssert.AreEqual(new[] { "word" }, summary.Suggested.Steps.Columns.ToArray());
        // Nothing at all is missing in a text too.
        ColumnSummary gap = Look("sentence,word\na,x\na, \nb,y\n").Columns[1];
        Assert.AreEqual("row 2 (line 3): the cell is empty.", gap.Problems.Single());
        // Of numbers it is missing as before.
        Assert.AreEqual(1, Look($"a,b\n1,2\n3,{word}\n5,6\n7,8\n").Columns[1].Missing);
    }

    [TestMethod]
    public void A_file_that_begins_with_an_empty_row_can_be_opened()
    {
        FileSummary summary = Look("a,b\n,\n1,2\n3,4\n");
        Assert.AreEqual(3, summary.Rows);
        Assert.AreEqual(1, summary.Columns[0].Missing);
        // Rows with only separators at the end are none, unless the table is cut there.
        Assert.AreEqual(1, Look("a,b\n1,2\n,\n,\n").Rows);
    }

    [TestMethod]
    [DataRow(12, 100)]
    [DataRow(10, 40)]
    [DataRow(19, 256)]
    [DataRow(12, 6)]
    [DataRow(1, 60)]
    [DataRow(30, 24)]
    public void A_suggested_piece_is_short_enough(int machines, int rows)
    {
        using var files = new SampleRun();
        files.Write("machines.csv", "machine,load,tag\n" + string.Concat(Enumerable.Range(0, machines).SelectMany(machine =>
            Enumerable.Range(0, rows).Select(row => FormattableString.Invariant($"m{machine},{row % 5 - 2},{(row % 5 > 2 ? "busy" : "idle")}\n")))));
        StepSuggestion steps = FileSummary.Read(files.Path("machines.csv"), null, null).Suggested.Steps;
        Assert.AreEqual(machines == 1 ? null : "machine", steps.Series);
        foreach (QuestionKind kind in new[] { QuestionKind.Tag, QuestionKind.Next })
        {
            var question = new Question { Kind = kind.Name, Context = steps.Length };
            var table = StepTable.Read(files.Path("machines.csv"), new StepColumns(["load"], "tag", "", steps.Series));
            var parts = StepParts.Of(table, question, kind.LeastRows);
            Assert.IsGreaterThanOrEqualTo(4, parts.Test.Count);
            Assert.IsTrue(parts.Train.Concat(parts.Test).All(piece => piece.Length <= steps.Length));
        }
    }

    [TestMethod]
    public void A_column_with_too_many_values_is_not_suggested_as_a_tag()
    {
        string Tagged(int different) => "word,tag\n" + string.Concat(Enumerable.Range(0, 2 * different).Select(row =>
            FormattableString.Invariant($"w{row % 7},t{row % different}\n")));
        Assert.AreEqual("tag", Look(Tagged(StepTable.MostTags)).Suggested.Steps.Tag);
        StepSuggestion many = Look(Tagged(StepTable.MostTags + 1)).Suggested.Steps;
        Assert.IsNull(many.Tag);
        Assert.AreEqual("next", many.Kind);
    }

    [TestMethod]
    [DataRow("date", null)]
    [DataRow(null, "a")]
    [DataRow("shop", "shop")]
    public void A_column_of_a_forecast_has_one_role(string? time, string? series)
    {
        var question = new Question { Kind = "forecast", Targets = ["a", "b"], Inputs = ["date"], Time = time, Series = series, Architectures = ["linear"] };
        string message = Assert.ThrowsExactly<UserError>(question.Validate).Message;
        Assert.AreEqual(string.Create(CultureInfo.InvariantCulture, $"The column '{series ?? time}' has two roles. Give it one."), message);
        (question with { Time = "", Series = null }).Validate();
    }

    [TestMethod]
    public void A_file_that_cannot_be_written_to_its_end_leaves_nothing()
    {
        using var files = new SampleRun();
        static IEnumerable<string[]> Rows()
        {
            yield return ["1"];
            throw new InvalidDataException();
        }

        Assert.ThrowsExactly<InvalidDataException>(() => CsvText.Write(files.Path("a.csv"), ["a"], Rows()));
        Assert.IsEmpty(files.Entries);
    }

    private static FileSummary Look(string text)
    {
        using var files = new SampleRun();
        return FileSummary.Read(files.Write("look.csv", text), null, null);
    }
}
