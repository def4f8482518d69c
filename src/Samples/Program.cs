Console.WriteLine("MLNet.Sequence");
