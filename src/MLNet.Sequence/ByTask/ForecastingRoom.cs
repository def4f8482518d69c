using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Memory;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.ByTask;

/// <summary>Forecasting: an example is a window.</summary>
internal sealed class ForecastingRoom(Forecasting task) : TaskRoom
{
    // The number of contexts in an example if the state is carried: a longer memory is reported as this length.
    private const int LongestCarried = 8;

    public override SequenceTransformer Transformer(IHostEnvironment environment, SequenceModel model) => new ForecastingTransformer(environment, model);

    public override IReadOnlyList<MemoryExample> Examples(MeasuredModel of, IDataView data)
    {
        using HostCancellation cancellation = of.Host.LinkCancellation(of.Options.CancellationToken);
        new ForecastingColumns(of.Host).Check(data.Schema, task);
        SeriesSet set = SeriesReader.Read(ArrangedView.Of(of.Host, data, task), task, allowMissing: false, cancellation);
        var windows = Windows.Over(set, new WindowShape(task.Context, task.Horizon));
        if (windows.Count < 2)
        {
            string longest = set.Series.Count == 0 ? "no rows" : $"a longest series of {set.Series.Max(series => series.Length)} rows";
            throw new InvalidOperationException(
                $"The data has {longest}; to measure memory, at least {(long)task.Context + task.Horizon + 1} rows of a series are needed: Context "
                    + $"{task.Context} + Horizon {task.Horizon}, and one row more for a second window.");
        }

        double stride = Math.Max(1, (double)windows.Count / of.Options.Examples);
        return [.. of.Spread(windows.Count).Select(index => Window(of, windows[index]) with { Stride = stride })];
    }

    private MemoryExample Window(MeasuredModel of, Window window)
    {
        int steps = task.CarriesState ? (int)Math.Min((long)LongestCarried * task.Context, window.Origin + 1) : task.Context;
        float[] past = new float[steps * task.InputSize], beside = new float[task.BesideSize], target = new float[task.Horizon * task.TargetChannels.Count];
        ChannelScaling scaling = task.Standardize(window, of.Model.Scaling, new SeenWindow(past, beside), target);
        return new MemoryExample(past, target) { Scaling = scaling, Beside = beside };
    }
}
