using System.Globalization;
using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>Targets of which distributions of counts are learned.</summary>
internal static class CountedTargets
{
    /// <summary>Checks that no target is negative, if the task's distribution is one of counts.</summary>
    /// <exception cref="InvalidOperationException">Names the first row and column that are.</exception>
    public static void MustHold(SeriesSet set, string data, Forecasting task)
    {
        if (task.Decoded is not DistributionDecoding { IsOfCounts: true } decoding)
            return;
        foreach (Series series in set.Series)
        {
            for (long step = 0; step < series.Length; step++)
            {
                for (int target = 0; target < decoding.Targets; target++)
                {
                    if (series[step, target] >= 0 || double.IsNaN(series[step, target]))
                        continue;
                    string where = series.Key is null ? "" : $" of series '{series.Key}'";
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                        $"The column of '{task.TargetChannels[target]}' is {series[step, target]} in row {step + 1}{where} of the {data}: a {decoding.Kind} "
                            + $"distribution is one of counts, which are not negative. Use ForecastOutput.Gaussian or StudentT."));
                }
            }
        }
    }
}
