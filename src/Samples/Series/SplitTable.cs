using System.Globalization;
using Microsoft.ML;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Samples.Series;

/// <summary>A table split in time, series by series. Validation and test rows come with the context before them.</summary>
internal sealed class SplitTable
{
    /// <param name="table">The rows.</param>
    /// <param name="split">How they are split.</param>
    /// <param name="context">The past steps of a window.</param>
    /// <param name="horizon">The steps of a forecast.</param>
    /// <param name="ahead">The last rows of each series that are steps to come: in no part, since nobody knows their targets.</param>
    public SplitTable(SeriesTable table, Split split, int context, int horizon, int ahead = 0)
    {
        foreach (SeriesRows series in table.Series)
        {
            if (split.Problem(Math.Max(0, series.Rows.Count - ahead), context, horizon) is { } problem)
            {
                string plan = ahead == 0 ? "" : FormattableString.Invariant($"; its last {ahead} rows, the steps to come, do not count");
                throw new UserError($"'{table.Source.Path}'{(series.Key is null ? "" : $", series '{series.Key}'")}: {problem}{plan}.");
            }
        }

        var (train, validation, test) = (new List<int>(), new List<int>(), new List<int>());
        foreach (List<int> rows in table.Series.Select(series => series.Rows))
        {
            (int trainEnd, int validationEnd, int testEnd) = split.Ends(rows.Count - ahead);
            train.AddRange(rows[..trainEnd]);
            validation.AddRange(rows[(trainEnd - context)..validationEnd]);
            test.AddRange(rows[(validationEnd - context)..testEnd]);
            TrainCount += trainEnd;
            ValidationCount += validationEnd - trainEnd;
            TestCount += testEnd - validationEnd;
        }

        Table = table;
        Train = table.Rows(train);
        Validation = table.Rows(validation);
        Test = table.Rows(test);
        ValidationRows = [.. validation.Order()];
        TestRows = [.. test.Order()];
    }

    public SeriesTable Table { get; }

    public IDataView Train { get; }

    public IDataView Validation { get; }

    public IDataView Test { get; }

    /// <summary>The row of the table at each row of <see cref="Validation"/>.</summary>
    public IReadOnlyList<int> ValidationRows { get; }

    /// <summary>The row of the table at each row of <see cref="Test"/>.</summary>
    public IReadOnlyList<int> TestRows { get; }

    public long TrainCount { get; }

    public long ValidationCount { get; }

    public long TestCount { get; }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Table.RowCount:N0} rows in {Table.Series.Count} series; {TrainCount:N0} training, {ValidationCount:N0} validation, {TestCount:N0} test");
}
