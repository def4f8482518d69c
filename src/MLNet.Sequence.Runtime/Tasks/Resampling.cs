namespace MLNet.Sequence;

/// <summary>
/// How a forecaster combines the rows of a step, if there are several: readings of every minute to hours, or orders to days. Days, hours and
/// shorter steps begin at multiples of the step, weeks on Monday, months, quarters and years on their first day or, at the end, on their last.
/// </summary>
/// <remarks>
/// A missing value (NaN) does not count; a step without any value is missing. With Mean and Sum, the first and the last step of a series are
/// left out if they have fewer rows, for their length, than all steps between them.
/// </remarks>
public enum Resampling
{
    /// <summary>They are not: several rows of a step are an error.</summary>
    None,

    /// <summary>Targets, inputs and known inputs become the mean of the rows; any other column has the value of the last one.</summary>
    Mean,

    /// <summary>
    /// Targets are added up, such as sales; inputs and known inputs, such as prices, become the mean. Any other column has the value of the
    /// last row.
    /// </summary>
    Sum,

    /// <summary>The last row of a step is its row, such as the stock at the end of a day.</summary>
    Last,
}
