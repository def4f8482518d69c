using Spectre.Console;

namespace MLNet.Sequence.Samples.Output;

/// <summary>A progress bar for each training, with the loss and the time left.</summary>
internal sealed class BarDisplay(IAnsiConsole console) : TrainingDisplay
{
    public override T Show<T>(Func<Func<string, IProgress<TrainingProgress>>, T> train) => console.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn())
        .Start(context =>
        {
            var bars = new Dictionary<string, (ProgressTask Bar, IProgress<TrainingProgress> Listener)>();
            T result = train(name =>
            {
                if (!bars.TryGetValue(name, out var known))
                {
                    ProgressTask bar = context.AddTask(Markup.Escape(name));
                    bars.Add(name, known = (bar, Listen(bar, name)));
                }

                return known.Listener;
            });
            // With early stopping, a bar does not reach its end.
            Fill(bars.Values.Select(entry => entry.Bar));
            return result;
        });

    private static void Fill(IEnumerable<ProgressTask> bars)
    {
        foreach (ProgressTask bar in bars)
            bar.Value = bar.MaxValue;
    }

    private static Listener<TrainingProgress> Listen(ProgressTask bar, string model)
    {
        double? validation = null;
        return new Listener<TrainingProgress>(progress =>
        {
            validation = progress.Finished?.ValidationLoss ?? validation;
            bar.MaxValue = (double)progress.Epochs * progress.Batches;
            bar.Value = (double)(progress.Epoch - 1) * progress.Batches + progress.Batch;
            bar.Description = Markup.Escape($"{model} {Describe(progress, validation)} {Print(progress.TimeLeft)} left");
        });
    }
}
