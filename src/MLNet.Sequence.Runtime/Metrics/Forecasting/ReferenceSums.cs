namespace MLNet.Sequence.Metrics;

/// <summary>The errors of a local model on the windows of an evaluation.</summary>
internal sealed class ReferenceSums(LocalModel model, ForecastingEvaluatorOptions options)
{
    private readonly double[] _forecast = new double[options.Horizon * options.Targets.Count];

    public string Name => model.Name;

    public bool IsNaive2 => model is Naive2;

    public ErrorSums Sums { get; } = new(options);

    public void Add(in EvaluatedWindow window)
    {
        int targets = options.Targets.Count;
        var past = new double[window.History.Length / targets];
        if (past.Length == 0)
            return;
        for (int target = 0; target < targets; target++)
        {
            for (int row = 0; row < past.Length; row++)
                past[row] = window.History[row * targets + target];
            double[] ahead = model.Forecast(past, options.Horizon);
            if (double.IsNaN(ahead[0]))
                return;
            for (int step = 0; step < ahead.Length; step++)
                _forecast[step * targets + target] = ahead[step];
        }

        Sums.Add(_forecast, window);
    }
}
