using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Hosting;

/// <summary>Rows to be tested on, after the history that the first forecasts read.</summary>
internal interface ITestRows : IDataView
{
    /// <summary>Whether a row is forecast from, by the key of its series and its place among the rows of it; null: all are.</summary>
    Func<string?, long, bool>? IsOrigin { get; }
}

/// <summary>Test rows and the views that transform them.</summary>
internal static class TestRows
{
    /// <summary>Which of these rows are forecast from, if they are test rows, each perhaps with more columns; null: all are.</summary>
    public static Func<string?, long, bool>? OriginsOf(IDataView data)
    {
        IDataView? view = data;
        // A filter would change the places of rows.
        while (view is IDataTransform transform and IRowToRowMapper)
            view = transform.Source;
        return (view as ITestRows)?.IsOrigin;
    }
}
