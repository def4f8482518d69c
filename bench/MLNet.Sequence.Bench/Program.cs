using MLNet.Sequence.Bench;

// Exit code 0: all figures agree, or the data is absent and that was said; 1: a figure differs; 2: unknown command.
return args switch
{
    ["m4-metrics"] => M4Metrics.Run(),
    ["ett-baselines"] => EttBaselines.Run(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        Usage: dotnet run --project bench/MLNet.Sequence.Bench -c Release -- COMMAND

          m4-metrics     sMAPE and MASE of the M4 benchmark forecasts, beside the published scores
          ett-baselines  naive and seasonal naive on ETTh1, beside independently measured scores

        M4 is read from the folder m4 under the one that the environment variable SEQUENCE_DATA names
        (default: ../shared/data beside the repository).
        """);
    return 2;
}
